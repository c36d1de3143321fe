"""A child process that never outlives the process that started it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

from streams.kafka.local_broker import warden

# Below the range that Linux and macOS take for outgoing connections, so that a restarted server finds its
# port still free.
_PORTS = range(15_000, 32_000)


class GuardedProcess:
    """A running command in a process group of its own, watched over by a warden.

    `remove_folder` is deleted when the parent dies without having stopped the command.
    """

    def __init__(
        self,
        command: Sequence[str],
        output: Path,
        environ: Mapping[str, str] | None = None,
        remove_folder: Path | None = None,
    ) -> None:
        """Start it; standard output and error are appended to `output`."""
        guard = [sys.executable, "-I", "-S", warden.__file__, str(os.getpid()), str(remove_folder or "")]
        with output.open("ab") as sink:
            self._process = subprocess.Popen(
                [*guard, *command],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                env=None if environ is None else dict(environ),
            )

    @property
    def pid(self) -> int:
        """The warden's process id, which is the group's too."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the command still runs."""
        return self._process.poll() is None

    def terminate(self, grace_s: float) -> None:
        """Ask it to end (SIGTERM), and kill it when the grace is over."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        self.kill()

    def kill(self) -> None:
        """End it and all it started at once (SIGKILL)."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on, outside the range of outgoing connections."""
    for port in SystemRandom().sample(_PORTS, k=100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no free port in {_PORTS.start}-{_PORTS.stop}: end what listens there")
