"""A real Evidently UI 0.7.23 of either generation, in a Python environment of its own, built once."""

import json
import os
import time
from pathlib import Path
from typing import Any

import urllib3

from streams.kafka.local_broker.guarded import GuardedProcess, free_port
from tests.servers.evidently_environment import evidently_python

SECRET = "only-for-this-test"
_START_TIMEOUT_S = 120.0
_START = "import sys; from evidently.cli import app; sys.argv[0] = 'evidently'; app()"


class EvidentlyUiServer:
    """`evidently ui`, or `evidently legacy_ui`, on a workspace that outlasts restarts."""

    def __init__(self, folder: Path, command: str) -> None:
        self._folder, self._command = folder, command
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._http = urllib3.PoolManager()
        self.start()

    def start(self) -> None:
        arguments = ["--workspace", str(self._folder / "workspace"), "--port", str(self._port), "--secret", SECRET]
        environ = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "DO_NOT_TRACK": "1"}
        self._log = self._folder / "ui.log"
        self._process = GuardedProcess(
            [str(evidently_python()), "-c", _START, self._command, *arguments], self._log, environ
        )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._answers():
            if not self._process.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"evidently {self._command} did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        self._process.kill()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def create_project(self) -> str:
        """Its id."""
        if self._command == "legacy_ui":
            return str(self.ask("POST", "/api/projects/", {"name": "tests"})["id"])
        return str(self.ask("POST", "/api/v2/projects", {"name": "tests"}))

    def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"evidently-secret": SECRET, "content-type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        answer = self._http.request(method, self.url + path, headers=headers, body=content)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.data[:300]!r}"
        return json.loads(answer.data or b"null")

    def snapshots(self, project: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"/api/projects/{project}/snapshots")
        return found

    def download(self, project: str, snapshot: str) -> dict[str, Any]:
        """The snapshot as the UI gives it to those who ask for JSON."""
        found: dict[str, Any] = self.ask("GET", f"/api/projects/{project}/{snapshot}/download?report_format=json")
        return found

    def _answers(self) -> bool:
        try:
            return self._http.request("GET", f"{self.url}/api/version", retries=False).status == 200
        except urllib3.exceptions.HTTPError:
            return False
