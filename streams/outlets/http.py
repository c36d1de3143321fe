"""One HTTP request at a time, JSON in and out. Redirects are not followed: they would carry the secret elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from streams.outlets.errors import OutletUnavailableError

_CONNECT_S = 5.0
_BUSY = (408, 425, 429)
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body."""

    status: int
    content: bytes

    @property
    def json(self) -> Any:
        """Raises OutletUnavailableError for what is no JSON: some proxy's page, most likely."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise OutletUnavailableError(f"the answer (status {self.status}) is no JSON") from None


@dataclass(frozen=True, slots=True)
class HttpClient:
    """Keeps connections open between requests."""

    pool: urllib3.PoolManager

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout_s: float = 60.0
    ) -> Answer:
        """The answer, whatever it says, but for OutletUnavailableError where asking again may help.

        No error has a header in its text: one of them is the secret.
        """
        timeout = urllib3.Timeout(connect=_CONNECT_S, read=timeout_s)
        kind = {} if body is None else {"content-type": "application/json"}
        try:
            answer = self.pool.request(
                method, url, headers={**headers, **kind}, body=body, timeout=timeout, retries=False, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise OutletUnavailableError(f"{method} {url}: {type(error).__name__}") from None
        if answer.status >= _SERVER_ERROR or answer.status in _BUSY:
            raise OutletUnavailableError(f"{method} {url}: status {answer.status}")
        return Answer(answer.status, answer.data)


def open_http() -> HttpClient:
    """A client that connects with the first request."""
    return HttpClient(urllib3.PoolManager(maxsize=2))
