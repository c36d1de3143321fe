"""A worker as tests start, stop and kill it."""

import os
import signal
import subprocess
import sys
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

    def clean_up(self) -> None:
        """Leave no process behind, whatever the test did."""
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                break
        self._process.wait()
