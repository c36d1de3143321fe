import json
from typing import Any

import pyarrow as pa
import pytest

from streams.core.events.limits import Limits
from streams.core.events.messages import Headers
from streams.core.events.rejects import LONGEST_REASON
from tests.core.events.chunks import arrow_stream, avro, decode

GOOD = b'{"model": {"id": "m"}}'


def event(**fields: Any) -> bytes:
    return json.dumps({"model": {"id": "m"}} | fields).encode()


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, "MalformedError", ["value", "null", "send a value"]),
        (b"not json", "MalformedError", ["not json", "valid JSON"]),
        (b'{"model": ', "MalformedError", ["valid JSON"]),
        (b'{"model": {"id": "\xff"}}', "MalformedError", ["UTF-8"]),
        (b'{"model": {"id": "m"}} {"model": {"id": "m"}}', "MalformedError", ["valid JSON"]),
        (b"null", "InvalidEventError", ["event", "None", "JSON object"]),
        (b"5", "InvalidEventError", ["event", "5", "JSON object"]),
        (b'"text"', "InvalidEventError", ["event", "text", "JSON object"]),
        (b"{}", "InvalidEventError", ["model.id", "collectors"]),
        (b'{"model": {"id": ""}}', "InvalidEventError", ["model.id", "collectors"]),
        (b'{"collectors": []}', "InvalidEventError", ["model.id", "collectors"]),
        (event(model=7), "InvalidEventError", ["model", "7", "object"]),
        (b'{"model": "m", "collectors": ["c"]}', "InvalidEventError", ["model", "'m'", "object"]),
        (event(model={"id": {"a": 1}}), "InvalidEventError", ["model.id", "{'a': 1}", "text"]),
        (event(id=[1]), "InvalidEventError", ["id", "[1]", "text"]),
        (event(caller={}), "InvalidEventError", ["caller", "{}", "text"]),
        (event(time="yesterday"), "InvalidEventError", ["time", "yesterday", "RFC 3339"]),
        (event(time=True), "InvalidEventError", ["time", "True", "RFC 3339"]),
        (event(time=1e300), "InvalidEventError", ["time", "1e+300", "RFC 3339"]),
        (event(collectors="c"), "InvalidEventError", ["collectors", "'c'", "list"]),
        (event(collectors=[1]), "InvalidEventError", ["collectors", "[1]", "list"]),
        (event(concepts={"cat": 1}), "InvalidEventError", ["concepts", "cat", "list"]),
        (event(concepts=[7]), "InvalidEventError", ["concepts[0]", "7", "object"]),
        (event(concepts=[{"id": "a", "value": 1}, {"id": "b"}]), "InvalidEventError", ["concepts[1].value", "finite"]),
        (event(concepts=[{"id": "a", "value": "high"}]), "InvalidEventError", ["concepts[0].value", "high", "finite"]),
        (event(concepts=[{"value": 1}]), "InvalidEventError", ["concepts[0]", "id or a name"]),
        (event(concepts=[{"id": [], "value": 1}]), "InvalidEventError", ["concepts[0]", "text"]),
        (event(metadata=[1]), "InvalidEventError", ["metadata", "[1]", "object"]),
        (event(features="f"), "InvalidEventError", ["features", "'f'", "object"]),
        (event(input="text"), "InvalidEventError", ["input", "'text'", "object"]),
        (b"\0\0\1", "MalformedError", ["schema id", "byte 0"]),
        (b"\1short", "MalformedError", ["schema id", "GUID"]),
        (b"\0\0\0\0\7abc", "SchemaUnknownError", ["7", "registry"]),
        (b"\xc3\x01" + b"\7" * 8 + b"abc", "SchemaUnknownError", ["0707070707070707"]),
        (b"\xff\xff\xff\xffgarbage", "MalformedError", ["Arrow stream"]),
        (b"[", "MalformedError", ["valid JSON"]),
        (b"[]", "InvalidEventError", ["no events"]),
        (b" [8, 7]", "InvalidEventError", ["event 0", "8", "event 1", "7"]),
        (b"x" * 1001, "TooLargeError", ["1001", "1000", "limit"]),
        (b"[" + b", ".join([GOOD] * 6) + b"]", "TooLargeError", ["6 events", "5", "limit"]),
        (arrow_stream(pa.table({"model.id": ["m"] * 6})), "TooLargeError", ["6 events", "5", "limit"]),
        (arrow_stream(pa.table({"model.id": pa.array([], pa.string())})), "InvalidEventError", ["no events"]),
        (arrow_stream(pa.table({"other": ["m"]})), "InvalidEventError", ["model.id", "collectors"]),
    ],
)
def test_a_refused_message_says_what_is_wrong_and_what_to_do(value: bytes | None, kind: str, words: list[str]) -> None:
    limits = Limits(max_message_bytes=1000, max_events_per_message=5)
    decoded = decode([GOOD, value, GOOD], limits=limits)
    (refused,) = decoded.rejects
    assert (refused.message, refused.stage) == (1, "VALUE_CONVERTER")
    assert refused.exception_class.rpartition(".")[2] == kind
    assert [word for word in words if word not in refused.reason] == []
    assert decoded.block.offsets.tolist() == [100, 102]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([("content-type", b"image/png")], ["content-type", "image/png"]),
        ([("content-type", b"application/cloudevents+avro")], ["content-type", "cloudevents+avro"]),
        ([("__value_schema_id", b"\2")], ["schema id"]),
        ([("content-type", b"application/avro")], ["Avro"]),
    ],
)
def test_headers_that_announce_something_else_are_refused(headers: Headers, words: list[str]) -> None:
    decoded = decode([GOOD, GOOD], [headers, None])
    (refused,) = decoded.rejects
    assert refused.message == 0
    assert [word for word in words if word not in refused.reason] == []


def test_a_reason_is_short_however_large_the_value_it_shows() -> None:
    invalid = avro({"model": {"id": "m"}, "caller": "x" * 900_000}).replace(b"x" * 9, b"\xff" * 9)
    (refused,) = decode([invalid], [[("content-type", b"application/avro")]]).rejects
    assert len(refused.reason) <= LONGEST_REASON
    assert refused.reason.endswith("write exactly one datum of the writer's schema")
