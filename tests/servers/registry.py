"""A stand-in for a Confluent schema registry: the routes that confluent_kafka's client calls, over HTTP.

Avro only. No registry can be had from the package registries, so tests run against this one; the routes and errors
follow https://docs.confluent.io/platform/current/schema-registry/develop/api.html.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.registry_state import RegistryError, RegistryState, Version, parsed


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the parts of its path, its query, its body."""

    state: RegistryState
    path: tuple[str, ...]
    query: Mapping[str, str]
    body: dict[str, object]

    def asks(self, name: str) -> bool:
        return self.query.get(name, "false").lower() == "true"


def schema_by_id(call: Call) -> object:
    return _schema(call.state.by_id(int(call.path[0])))


def schema_by_guid(call: Call) -> object:
    return _schema(call.state.by_guid(call.path[0]))


def _schema(found: Version) -> dict[str, object]:
    referred = {name: value for name, value in found.as_json().items() if name == "references"}
    return {"schema": found.schema, "schemaType": "AVRO", "id": found.schema_id, "guid": found.guid, **referred}


def schema_types(_: Call) -> object:
    return ["AVRO"]


def subjects_of_id(call: Call) -> object:
    return sorted({one["subject"] for one in _uses(call)})


def versions_of_id(call: Call) -> object:
    return _uses(call)


def _uses(call: Call) -> list[dict[str, object]]:
    schema_id = call.state.by_id(int(call.path[0])).schema_id
    used = (one for one in call.state.versions if one.schema_id == schema_id and not one.deleted)
    return [{"subject": one.subject, "version": one.version} for one in used]


def subjects(call: Call) -> object:
    known = call.state.subjects(deleted=call.asks("deleted"))
    return [name for name in known if name.startswith(call.query.get("subjectPrefix", ""))]


def versions(call: Call) -> object:
    return [one.version for one in call.state.of_subject(call.path[0], deleted=call.asks("deleted"))]


def version(call: Call) -> object:
    return call.state.one_version(*call.path, deleted=call.asks("deleted")).as_json()


def version_text(call: Call) -> object:
    return json.loads(call.state.one_version(*call.path).schema)


def register(call: Call) -> object:
    return call.state.register(call.path[0], call.body).as_json()


def lookup(call: Call) -> object:
    return call.state.lookup(call.path[0], call.body, deleted=call.asks("deleted")).as_json()


def delete_subject(call: Call) -> object:
    doomed = call.state.of_subject(call.path[0], deleted=call.asks("permanent"))
    return call.state.delete(doomed, permanent=call.asks("permanent"))


def delete_version(call: Call) -> object:
    doomed = call.state.one_version(*call.path, deleted=call.asks("permanent"))
    return call.state.delete([doomed], permanent=call.asks("permanent"))[0]


def compatible(call: Call) -> object:
    against = [call.state.one_version(*call.path)] if len(call.path) > 1 else None
    reasons = call.state.incompatibilities(call.path[0], parsed(call.body), against)
    return {"is_compatible": not reasons, **({"messages": reasons} if call.asks("verbose") else {})}


def get_level(call: Call) -> object:
    return {"compatibilityLevel": call.state.level(call.path[0] if call.path else None)}


def set_level(call: Call) -> object:
    call.state.set_level(call.path[0] if call.path else None, call.body.get("compatibility"))
    return {"compatibility": call.body["compatibility"]}


ROUTES: tuple[tuple[str, str, Callable[[Call], object]], ...] = (
    ("GET", r"/schemas/ids/(\d+)", schema_by_id),
    ("GET", r"/schemas/ids/(\d+)/subjects", subjects_of_id),
    ("GET", r"/schemas/ids/(\d+)/versions", versions_of_id),
    ("GET", r"/schemas/guids/([^/]+)", schema_by_guid),
    ("GET", r"/schemas/types", schema_types),
    ("GET", r"/subjects", subjects),
    ("POST", r"/subjects/([^/]+)", lookup),
    ("DELETE", r"/subjects/([^/]+)", delete_subject),
    ("GET", r"/subjects/([^/]+)/versions", versions),
    ("POST", r"/subjects/([^/]+)/versions", register),
    ("GET", r"/subjects/([^/]+)/versions/([^/]+)", version),
    ("DELETE", r"/subjects/([^/]+)/versions/([^/]+)", delete_version),
    ("GET", r"/subjects/([^/]+)/versions/([^/]+)/schema", version_text),
    ("POST", r"/compatibility/subjects/([^/]+)/versions", compatible),
    ("POST", r"/compatibility/subjects/([^/]+)/versions/([^/]+)", compatible),
    ("GET", r"/config", get_level),
    ("PUT", r"/config", set_level),
    ("GET", r"/config/([^/]+)", get_level),
    ("PUT", r"/config/([^/]+)", set_level),
)


def answer(state: RegistryState, method: str, url: str, body: dict[str, object]) -> tuple[int, object]:
    """Status and JSON body for a request."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    for known_method, pattern, route in ROUTES:
        found = re.fullmatch(pattern, parts.path)
        if found and method == known_method:
            path = tuple(unquote(part) for part in found.groups())
            return _answered(route, Call(state, path, query, body))
    return 404, {"error_code": 404, "message": f"HTTP 404 Not Found: {method} {parts.path}"}


def _answered(route: Callable[[Call], object], call: Call) -> tuple[int, object]:
    try:
        with call.state.lock:
            return 200, route(call)
    except RegistryError as error:
        return error.status, error.body


class RegistryServer:
    """The stand-in on a free port, served by a thread of this process; `url` is for the client."""

    def __init__(self) -> None:
        self.state = RegistryState()
        self.requests: list[str] = []
        self._out_of_order = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Every request inside is answered with status 503, which clients retry."""
        self._out_of_order.set()
        try:
            yield
        finally:
            self._out_of_order.clear()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _respond(self, method: str, url: str, body: dict[str, object]) -> tuple[int, object]:
        self.requests.append(f"{method} {url}")
        if self._out_of_order.is_set():
            return 503, {"error_code": 50003, "message": "out of order"}
        return answer(self.state, method, url, body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, body = server._respond(self.command, self.path, json.loads(text or b"{}"))
                payload = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Stay silent: tests look at `requests`."""

        return Handler
