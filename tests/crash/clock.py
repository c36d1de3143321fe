"""The clock of one process, moved while it runs: by libfaketime, below Python and librdkafka alike."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_READ_AGAIN_S = 1


@dataclass(frozen=True, slots=True)
class MovableClock:
    """A process that is started with `environ` sees the real time plus what was last `set`; a second later at most.

    Only what tells the time of day is moved: steady clocks run on, as they do where a clock is put right.
    """

    file: Path

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": str(_READ_AGAIN_S),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead_s: int) -> None:
        """So many seconds ahead of the real time; negative is behind it."""
        written = self.file.with_suffix(".new")
        written.write_text(f"{ahead_s:+d}\n")
        written.replace(self.file)


def movable(folder: Path) -> bool:
    """Whether clocks can be moved here; tried on a process that tells the time."""
    if sys.platform != "linux" or _library() is None:
        return False
    clock = MovableClock(folder / "trial.clock")
    clock.set(3600)
    asked = [sys.executable, "-c", "import time; print(time.time_ns())"]
    moved, real = (
        int(subprocess.run(asked, env={**os.environ, **environ}, capture_output=True, check=True).stdout)
        for environ in (clock.environ, {})
    )
    return moved > real


def _library() -> Path | None:
    found = find_spec("libfaketime")
    below = Path(found.origin).parent if found and found.origin else None
    return next(iter(sorted(below.rglob("libfaketime.so.1"))), None) if below else None
