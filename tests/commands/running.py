"""Running a command as a user does: a process of its own, with an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def everything(self) -> str:
        return self.out + self.err


def plain_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with nothing that could configure `streams` but `environ`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMS_", "KAFKA_", "AWS_"))}
    return {**plain, **environ}


def run(
    *arguments: str, folder: Path, environ: Mapping[str, str] | None = None, stdin: bytes = b"", timeout_s: float = 120
) -> Ran:
    """`streams ...` in `folder`, with nothing of the environment that could configure it but `environ`."""
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli.main", *arguments],
        cwd=folder,
        env=plain_environment(environ or {}),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=timeout_s,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
