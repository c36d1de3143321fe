"""A worker as tests start, stop and kill it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


class WorkerProcess:
    """`streams worker` in a process group of its own; its output is in `log`."""

    def __init__(self, log: Path, environ: Mapping[str, str], arguments: Sequence[str]) -> None:
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli.main", "worker", *arguments],
                env={**os.environ, **environ},
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to the worker alone, as the kernel would; its report processes have to notice."""
        self._process.kill()
        self._process.wait()

    def wait(self, timeout_s: float) -> int:
        """The exit code."""
        return self._process.wait(timeout_s)

    def wait_for_group(self, timeout_s: float) -> None:
        """Wait until every process is gone that the worker started, too."""
        deadline = time.monotonic() + timeout_s
        while self._group():
            assert time.monotonic() < deadline, f"still there: {self._group()}"
            time.sleep(0.1)

    def _group(self) -> list[str]:
        """The processes of the worker's group that run."""
        listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
        found = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
        return [words[-1] for words in found if words[0] == str(self._process.pid) and not words[1].startswith("Z")]

    def clean_up(self) -> None:
        """Leave no process behind, whatever the test did."""
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                break
        self._process.wait()
