"""What a worker needs before it can run: where a server is away, it waits, says so, and answers its probes."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from streams.kafka.cluster import ClusterError
from streams.stores.errors import StoreUnavailableError

logger = logging.getLogger(__name__)

_ASK_AGAIN_S = 1.0
_Made = TypeVar("_Made")


@dataclass(slots=True)
class StartState:
    """How long a start may still wait, and for what it waits now: by `broker` or `store`, the reason."""

    give_up_at: float
    stages: Sequence[str]
    away: dict[str, str] = field(default_factory=dict)

    def insist(self, server: str, step: Callable[[], _Made]) -> _Made:
        """Take a step until it succeeds: while a server is away, again and again for as long as a start may wait. The
        log tells when that begins and ends.

        What a server refuses (a password, a name that nobody knows, a bucket that is not there) is raised at once, for
        waiting does not mend it. Raises ClusterError, StoreUnavailableError, and what the step raises besides.
        """
        while True:
            try:
                made = step()
            except (ClusterError, StoreUnavailableError) as error:
                if not error.away or time.monotonic() > self.give_up_at:
                    raise
                self._note(server, str(error))
                time.sleep(_ASK_AGAIN_S)
            else:
                if self.away.pop(server, None) is not None:
                    logger.info("the %s is there", server)
                return made

    def answer(self) -> tuple[HTTPStatus, dict[str, object]]:
        """What /readyz says meanwhile: that no stage runs yet, and why."""
        return HTTPStatus.SERVICE_UNAVAILABLE, {"status": "waiting", "waiting": list(self.stages), "away": self.away}

    def _note(self, server: str, reason: str) -> None:
        if server not in self.away:
            left_s = max(0.0, self.give_up_at - time.monotonic())
            logger.warning("the %s is away: %s; waiting for it, %.0f s at most", server, reason, left_s)
        self.away = {server: reason}


@contextmanager
def probed(state: StartState, host: str, port: int) -> Iterator[None]:
    """Answer /livez and /readyz as long as the block takes; the worker's own server takes the port over then.

    A port that is not free is left alone: the worker's own server will say so.
    """
    try:
        server = ThreadingHTTPServer((host, port), _handler(state))
    except OSError:
        yield
        return
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="probes of the start", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(state: StartState) -> type[BaseHTTPRequestHandler]:
    class Probes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {"/livez": (HTTPStatus.OK, {"status": "ok"}), "/readyz": state.answer()}
            status, body = answers.get(self.path.partition("?")[0], (HTTPStatus.NOT_FOUND, {}))
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Probes come every few seconds: nothing is logged."""

    return Probes
