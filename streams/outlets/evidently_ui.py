"""Snapshots to a project of an Evidently UI, of either generation, exactly once in effect.

The UI from 0.7 on gives ids itself, and would take the same snapshot again and again. So it is asked first for
snapshots whose metadata name ours; and again afterwards, because a worker that was thought dead may have been quicker:
all but the first are deleted. Both would keep the same one. The generation before takes our id, and replaces.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from streams.core.collectors.outlets import EvidentlyUi
from streams.core.evidently.facts import CONTENT_KEY, SNAPSHOT_KEY, with_envelope
from streams.core.evidently.legacy_snapshot import legacy_snapshot
from streams.core.evidently.snapshot_v2 import snapshot_v2
from streams.core.snapshots import Snapshot
from streams.outlets.errors import OutletRefusedError
from streams.outlets.http import Answer, HttpClient

MAX_BODY_BYTES = 10_000_000
"""What the UI's web server takes (litestar's `request_max_body_size`)."""

_REMEDIES: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "see the outlet's api_secret",
    HTTPStatus.FORBIDDEN: "see the outlet's api_secret",
    HTTPStatus.NOT_FOUND: "see that api_url is an Evidently UI, and has the project",
    HTTPStatus.METHOD_NOT_ALLOWED: "see that api_url is an Evidently UI",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "compute fewer metrics, or raise the limit of the proxy before the UI",
}


@dataclass(frozen=True, slots=True)
class EvidentlyUiOutlet:
    """Delivers to the projects that collectors name. One thread at a time.

    `read` gives Evidently's own snapshot where Evidently computed the report: that is what is sent then.
    """

    http: HttpClient
    read: Callable[[Snapshot], bytes | None] = lambda _snapshot: None

    def deliver(self, project: EvidentlyUi, snapshot: Snapshot) -> bool:
        """Have the UI show this snapshot once, in place of a former one of the same id; whether it was sent just now.

        Raises OutletUnavailableError, OutletRefusedError.
        """
        wanted = snapshot.content_sha256
        sent = wanted not in self._found(project, snapshot).values()
        if sent:
            self._send(project, snapshot)
        found = self._found(project, snapshot)
        kept = min((each for each, content in found.items() if content == wanted), default=None)
        for surplus in found.keys() - {kept}:
            self._ask(project, "DELETE", f"/api/projects/{_id_of(project)}/{surplus}")
        return sent

    def _found(self, project: EvidentlyUi, snapshot: Snapshot) -> dict[str, str | None]:
        """Content hashes of what the UI has of this snapshot, by the UI's ids."""
        listed = self._accepted(project, self._ask(project, "GET", f"/api/projects/{_id_of(project)}/snapshots"))
        told = {str(each["id"]): each.get("metadata") or {} for each in listed.json}
        return {name: facts.get(CONTENT_KEY) for name, facts in told.items() if facts.get(SNAPSHOT_KEY) == snapshot.id}

    def _send(self, project: EvidentlyUi, snapshot: Snapshot) -> None:
        answer = self._ask(project, "POST", f"/api/v2/snapshots/{_id_of(project)}", self._body(snapshot))
        if answer.status == HTTPStatus.NOT_FOUND:  # the generation before knows no v2
            former = legacy_snapshot(snapshot)
            if former is None:
                raise OutletRefusedError(
                    f"{project.api_url} is an Evidently UI before 0.7, which is only told of drift: "
                    "give the collector a reference, or use a UI from 0.7 on"
                )
            answer = self._ask(project, "POST", f"/api/projects/{_id_of(project)}/snapshots", _encoded(former))
        self._accepted(project, answer)

    def _body(self, snapshot: Snapshot) -> bytes:
        """Without what Evidently has no name for where the whole is too large."""
        own = self.read(snapshot) if snapshot.evidently_sha256 else None
        whole = _encoded(snapshot_v2(snapshot) if own is None else with_envelope(snapshot, json.loads(own)))
        return whole if len(whole) <= MAX_BODY_BYTES else _encoded(snapshot_v2(snapshot, details=False))

    def _ask(self, project: EvidentlyUi, method: str, path: str, body: bytes | None = None) -> Answer:
        secret = project.api_secret
        headers = {} if secret is None else {"evidently-secret": secret.get_secret_value()}
        return self.http.ask(method, f"{project.api_url}{path}", headers, body)

    def _accepted(self, project: EvidentlyUi, answer: Answer) -> Answer:
        if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            return answer
        remedy = _REMEDIES.get(answer.status, "see the log of the UI")
        raise OutletRefusedError(
            f"{project.api_url} refuses snapshots for project {project.project_id}, status {answer.status}: {remedy}"
        )


def _id_of(project: EvidentlyUi) -> str:
    return quote(project.project_id, safe="")


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, allow_nan=False).encode()
