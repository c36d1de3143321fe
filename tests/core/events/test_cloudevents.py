"""CloudEvents over Kafka: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import Headers
from tests.core.events.chunks import SCHEMA, avro, decode, rows_of
from tests.core.events.test_many_events import EVENTS, content

ATTRIBUTES = {
    "specversion": "1.0",
    "id": "ce-1",
    "source": "/svc",
    "type": "prediction",
    "time": "2026-11-20T10:00:00Z",
}
TIME_MS = 1_795_168_800_000
STRUCTURED: Headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]
BATCH: Headers = [("content-type", b"application/cloudevents-batch+json")]
MODEL = {"model": {"id": "m"}}


def binary(content_type: str | None = "application/json", **attributes: str | None) -> Headers:
    """Headers of a binary-mode message."""
    given = {name: text for name, text in (ATTRIBUTES | attributes).items() if text is not None}
    said = [] if content_type is None else [("content-type", content_type.encode())]
    return [*((f"ce_{name}", text.encode()) for name, text in given.items()), *said]


def structured(data: Any = None, **more: Any) -> bytes:
    event = ATTRIBUTES | ({} if data is None else {"data": data}) | more
    return json.dumps({name: value for name, value in event.items() if value is not None}).encode()


def payloads(value: bytes, headers: Headers) -> list[dict[str, Any]]:
    """Events of one message as their payloads say."""
    decoded = decode([value], [headers])
    assert decoded.rejects == ()
    return [json.loads(one) for one in decoded.block.payloads[0].to_pylist()]


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (json.dumps(MODEL).encode(), binary()),
        (json.dumps(MODEL).encode(), binary(None)),
        (json.dumps(MODEL).encode(), binary("application/vnd.acme+json; v=1")),
        (structured(MODEL), STRUCTURED),
        (structured(None, data_base64=base64.b64encode(json.dumps(MODEL).encode()).decode()), STRUCTURED),
    ],
    ids=["binary", "no content-type", "json suffix", "structured", "base64"],
)
def test_the_envelope_says_what_the_event_does_not(value: bytes, headers: Headers) -> None:
    (row,) = rows_of(decode([value], [headers]).block)
    assert (row["id"], row["time"], row["model"]) == ("ce-1", TIME_MS, "m")
    (payload,) = payloads(value, headers)
    assert payload["metadata"] == {"ce_source": "/svc", "ce_type": "prediction"}


def test_what_the_event_says_itself_counts() -> None:
    event = MODEL | {"id": "own", "time": 5, "metadata": {"ce_type": "mine", "tier": 1}}
    decoded = decode([structured(event)], [STRUCTURED])
    (row,) = rows_of(decoded.block)
    assert (row["id"], row["time"]) == ("own", 5)
    (payload,) = payloads(structured(event), STRUCTURED)
    assert payload["metadata"] == {"ce_source": "/svc", "ce_type": "mine", "tier": 1}


def test_extensions_become_metadata() -> None:
    (payload,) = payloads(structured(MODEL, traceparent="00-ab", subject="s"), STRUCTURED)
    assert payload["metadata"]["ce_traceparent"] == "00-ab"
    assert payload["metadata"]["ce_subject"] == "s"


def test_a_binary_event_with_avro_data_is_read_by_the_shipped_schema() -> None:
    decoded = decode([avro(EVENTS[0])], [binary("application/avro")])
    (row,) = rows_of(decoded.block)
    assert (row["id"], row["model"], row["user_id"]) == ("a", "m", "u")


def test_many_events_in_one_cloudevent_are_numbered() -> None:
    decoded = decode([structured([MODEL, MODEL | {"id": "own"}])], [STRUCTURED])
    assert decoded.block.ids.to_pylist() == ["ce-1-0", "own"]
    assert decoded.block.indexes.tolist() == [0, 1]
    assert decoded.block.event_times_ms.tolist() == [TIME_MS] * 2


def test_a_batch_is_its_cloudevents_in_order() -> None:
    batch = [json.loads(structured(event, id=f"ce-{place}")) for place, event in enumerate(EVENTS)]
    decoded = decode([json.dumps(batch).encode()], [BATCH])
    assert decoded.rejects == ()
    assert decoded.block.ids.to_pylist() == ["a", "ce-1", "ce-2"]
    assert decoded.block.indexes.tolist() == [0, 1, 2]


def test_a_cloudevent_is_the_event_it_carries() -> None:
    values = [structured(event, time=None) for event in EVENTS]
    plain = decode([json.dumps(event).encode() for event in EVENTS])
    assert content(rows_of(decode(values, [STRUCTURED] * 3).block)) == content(rows_of(plain.block))


@pytest.mark.parametrize(
    ("value", "headers", "words"),
    [
        (b"{", STRUCTURED, ["valid JSON"]),
        (b"[]", STRUCTURED, ["CloudEvent", "[]", "JSON object"]),
        (b"{}", STRUCTURED, ["no id, source, type, specversion"]),
        (structured(MODEL, id=""), STRUCTURED, ["no id"]),
        (structured(MODEL, source=None), STRUCTURED, ["no source"]),
        (structured(), STRUCTURED, ["data", "None", "prediction event"]),
        (structured(7), STRUCTURED, ["data", "7", "prediction event"]),
        (structured([7]), STRUCTURED, ["data", "7", "prediction event"]),
        (structured([]), STRUCTURED, ["no events"]),
        (structured(MODEL | {"metadata": 7}), STRUCTURED, ["metadata", "7", "object"]),
        (structured(None, data_base64="%%"), STRUCTURED, ["data_base64"]),
        (structured(None, data_base64=7), STRUCTURED, ["data_base64"]),
        (structured(None, data_base64="e30"), STRUCTURED, ["data_base64"]),
        (b"{}", BATCH, ["batch", "JSON array"]),
        (b"[]", BATCH, ["no events"]),
        (b"[7]", BATCH, ["CloudEvent", "7"]),
        (b"{", binary(), ["valid JSON"]),
        (b"{}", binary(id=None), ["no id"]),
        (b"{}", binary("image/png"), ["content-type", "image/png", "JSON or Avro"]),
        (b"\xff", binary("application/avro"), ["Avro"]),
        (json.dumps(MODEL).encode(), [("ce_specversion", b"1.0"), ("ce_id", b"\xff")], ["ce_id", "UTF-8"]),
    ],
)
def test_what_is_no_cloudevent_is_refused_with_a_remedy(value: bytes, headers: Headers, words: list[str]) -> None:
    decoded = decode([value], [headers])
    (refused,) = decoded.rejects
    assert [word for word in words if word not in refused.reason] == []
    assert len(decoded.block) == 0


def test_an_avro_array_with_a_registry_schema_by_fingerprint_is_many_events() -> None:
    array = json.dumps({"type": "array", "items": json.loads(SCHEMA)})
    decoded = decode([avro(EVENTS, array)], [binary("application/avro")], schemas=LocalSchemas([array]))
    assert decoded.block.indexes.tolist() == [0, 1, 2]
