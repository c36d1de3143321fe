"""A bad event of a message of many costs itself, in every form."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

from streams.core.events.decode import Decoded
from streams.core.events.kserve import REQUEST
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas, fingerprint_of
from streams.core.events.messages import Headers
from streams.core.events.rejects import Reject
from tests.core.events.chunks import SCHEMA, arrow_stream, avro, decode
from tests.core.events.test_cloudevents import ATTRIBUTES, BATCH, STRUCTURED, binary

GOOD: dict[str, Any] = {"id": "good", "time": 5, "model": {"id": "m"}}
LATE: dict[str, Any] = {"id": "bad", "time": "yesterday", "model": {"id": "m"}}
LOST: dict[str, Any] = {"id": "bad", "time": 5, "model": {}}
ARRAY = json.dumps({"type": "array", "items": json.loads(SCHEMA)})
LINES: Headers = [("content-type", b"application/x-ndjson")]


@dataclass(frozen=True)
class Many:
    """A form of messages of many events: how events become a message, and its headers."""

    headers: Headers | None = None

    def written(self, events: Sequence[Any]) -> bytes:
        return json.dumps(events).encode()


class Lines(Many):
    def written(self, events: Sequence[Any]) -> bytes:
        return b"\r\n".join(json.dumps(event).encode() for event in events) + b"\n\n"


class Structured(Many):
    def written(self, events: Sequence[Any]) -> bytes:
        return json.dumps(ATTRIBUTES | {"data": events}).encode()


class Batch(Many):
    def written(self, events: Sequence[Any]) -> bytes:
        return json.dumps([ATTRIBUTES | {"data": event} for event in events]).encode()


class Avro(Many):
    def written(self, events: Sequence[Any]) -> bytes:
        return b"\xc3\x01" + bytes.fromhex(fingerprint_of(ARRAY)) + avro(events, ARRAY)


class Arrow(Many):
    def written(self, events: Sequence[Any]) -> bytes:
        return arrow_stream(pa.Table.from_pylist([{**event, "time": str(event["time"])} for event in events]))


FORMS = {
    "array": Many(),
    "lines": Lines(LINES),
    "structured": Structured(STRUCTURED),
    "binary": Many(binary()),
    "batch": Batch(BATCH),
    "avro": Avro(),
    "arrow": Arrow(),
}
OF_JSON = ("array", "lines", "structured", "binary", "batch")


def decoded_of(form: Many, events: Sequence[Any]) -> Decoded:
    plain = json.dumps(GOOD).encode()
    values = [plain, form.written(events), plain]
    return decode(values, [None, form.headers, None], schemas=LocalSchemas([SCHEMA, ARRAY]))


def again(refused: Reject) -> Decoded:
    """What becomes of a dead letter that is replayed."""
    assert refused.remains is not None
    return decode([refused.remains.value], [[("content-type", refused.remains.content_type.encode())]])


def places(decoded: Decoded) -> list[tuple[int, int]]:
    return list(zip(decoded.block.offsets.tolist(), decoded.block.indexes.tolist(), strict=True))


@pytest.mark.parametrize(("name", "bad"), [(name, LATE if name != "avro" else LOST) for name in FORMS])
def test_a_bad_event_of_many_costs_itself(name: str, bad: dict[str, Any]) -> None:
    decoded = decoded_of(FORMS[name], [GOOD, bad, GOOD, GOOD])
    assert places(decoded) == [(100, 0), (101, 0), (101, 2), (101, 3), (102, 0)]
    (refused,) = decoded.rejects
    assert refused.message == 1
    assert refused.reason.startswith("of 4 events 1 is refused: event 1: ")


@pytest.mark.parametrize(("name", "bad"), [(name, LATE if name != "avro" else LOST) for name in FORMS])
def test_its_dead_letter_holds_it_alone_and_dies_again_of_the_same(name: str, bad: dict[str, Any]) -> None:
    (refused,) = decoded_of(FORMS[name], [GOOD, bad, GOOD, bad]).rejects
    replayed = again(refused)
    assert len(replayed.block) == 0
    (second,) = replayed.rejects
    assert second.exception_class == refused.exception_class
    _, _, reasons = refused.reason.partition("refused: ")
    renumbered = reasons.replace("event 1:", "event 0:").replace("event 3:", "event 1:")
    assert second.reason == f"of 2 events 0 to 1 are refused: {renumbered}"


@pytest.mark.parametrize("name", OF_JSON)
def test_what_is_no_object_among_events_costs_itself(name: str) -> None:
    decoded = decoded_of(FORMS[name], [7, GOOD, None])
    assert places(decoded) == [(100, 0), (101, 1), (102, 0)]
    (refused,) = decoded.rejects
    assert refused.reason.startswith("of 3 events 0, 2 are refused: event 0: ")
    assert len(again(refused).block) == 0


@pytest.mark.parametrize("name", FORMS)
def test_a_message_without_a_good_event_is_refused_whole(name: str) -> None:
    (refused,) = decoded_of(FORMS[name], [LOST, LOST]).rejects
    assert refused.remains is None
    assert refused.reason.startswith("of 2 events 0 to 1 are refused: event 0: ")


@pytest.mark.parametrize("name", [name for name in FORMS if name != "arrow"])
def test_an_event_that_is_mended_is_collected_once_when_its_dead_letter_is_replayed(name: str) -> None:
    """Its neighbours are not in the dead letter; what the envelope said is."""
    (refused,) = decoded_of(FORMS[name], [GOOD, LOST]).rejects
    assert refused.remains is not None
    model = re.compile(rb'"model": ?\{("[a-z_]+":null,?)*\}')
    mended = model.sub(b'"model":{"id":"m"}', refused.remains.value)
    decoded = decode([mended], [[("content-type", refused.remains.content_type.encode())]])
    assert decoded.block.ids.to_pylist() == ["bad"]


def test_an_event_of_a_cloudevent_keeps_its_number_and_its_envelope_in_the_dead_letter() -> None:
    form = FORMS["structured"]
    (refused,) = decoded_of(form, [GOOD, {"model": {}}]).rejects
    assert refused.remains is not None
    (event,) = json.loads(refused.remains.value)
    assert (event["id"], event["time"]) == ("ce-1-1", ATTRIBUTES["time"])
    assert event["metadata"] == {"ce_source": "/svc", "ce_type": "prediction"}


def test_a_cloudevent_of_a_batch_that_lacks_an_attribute_costs_itself() -> None:
    good = ATTRIBUTES | {"data": GOOD}
    bad = {name: text for name, text in good.items() if name != "source"}
    decoded = decode([json.dumps([good, bad]).encode()], [BATCH])
    assert places(decoded) == [(100, 0)]
    (refused,) = decoded.rejects
    assert "event 1: CloudEvent: got no source" in refused.reason
    assert refused.remains is not None
    assert json.loads(refused.remains.value) == [bad]


def test_broken_lines_cost_themselves() -> None:
    text = b'{"model": {"id": "m"}}\n{"model": \n\xff\n\n{"model": {"id": "m"}}'
    decoded = decode([text], [LINES])
    assert places(decoded) == [(100, 0), (100, 3)]
    (refused,) = decoded.rejects
    assert refused.reason.startswith("of 4 events 1 to 2 are refused: event 1: ")
    assert refused.remains is not None
    assert refused.remains.value == b'{"model": \n\xff'
    assert refused.remains.content_type == "application/x-ndjson"


def test_many_bad_events_are_named_in_a_short_reason() -> None:
    (refused,) = decoded_of(FORMS["array"], [GOOD, *([LATE, GOOD] * 100), LATE, LATE]).rejects
    assert refused.reason.startswith("of 203 events 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31")
    assert " and 82 more are refused: event 1: " in refused.reason


def test_what_is_refused_is_never_larger_than_a_message_may_be() -> None:
    headers = binary(extension="x" * 900)
    decoded = decode([json.dumps([GOOD, LOST, LOST]).encode()], [headers], limits=Limits(max_message_bytes=1000))
    assert len(decoded.block) == 0
    assert [refused.remains for refused in decoded.rejects] == [None]


def test_instances_of_a_request_share_the_fate_of_their_envelope() -> None:
    headers = binary(type=REQUEST, inferenceservicename="m", time="yesterday")
    decoded = decode([json.dumps({"instances": [[1], [2]]}).encode()], [headers])
    assert len(decoded.block) == 0
    assert [refused.remains for refused in decoded.rejects] == [None]
