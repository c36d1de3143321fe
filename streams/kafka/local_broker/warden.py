"""Runs one command for as long as its parent lives: `python warden.py PARENT_PID FOLDER COMMAND...`.

A process that is killed cannot stop what it started. The warden can: it looks twice a second whether its parent is
still there, and where it is not, ends the command and removes FOLDER (unless that is empty). Unlike PR_SET_PDEATHSIG
this does not fire when only the thread that started it ends, and it works on macOS. Standard library only: it is run by
path, so that it starts in a few milliseconds.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

_LOOK_EVERY_S = 0.5
_GRACE_S = 10.0


def main(arguments: Sequence[str]) -> int:
    """Run the command; its exit status, or 1 where the parent went first."""
    parent, folder, command = int(arguments[0]), arguments[1], arguments[2:]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    _pass_on_termination(child)
    while os.getppid() == parent:
        try:
            return child.wait(_LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            continue
    _end(child)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    return 1


def _pass_on_termination(child: subprocess.Popen[bytes]) -> None:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
