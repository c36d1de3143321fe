"""Every decoder on damaged messages: none brings the process down, and each is events or a reported reject.

`STREAMS_FUZZ_INPUTS` says how many messages (20,000 where it is not set), `STREAMS_FUZZ_SEED` which.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pyarrow as pa
import pytest

from streams.core.batches.rows import batch_rows
from streams.core.events.decode import Decoded
from streams.core.events.forms import SCHEMA_HEADER
from streams.core.events.kserve import REQUEST, RESPONSE
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas, fingerprint_of
from streams.core.events.messages import Headers
from streams.core.events.rejects import LONGEST_REASON
from tests.core.batches.closed_windows import collector_of, segments_of
from tests.core.events.chunks import (
    EVERYTHING,
    SCHEMA,
    arrow_stream,
    avro,
    chunk,
    decode,
    decoder,
    events_as_json,
    rows_of,
)
from tests.core.events.fuzzed import INPUTS, damaged
from tests.core.events.test_many_events import EVENTS, FLAT, MAPS, NESTED

ARRAY = json.dumps({"type": "array", "items": json.loads(SCHEMA)})
CONCEPTS = pa.table({"model.id": ["m"], "concepts": [[{"id": "cat", "value": 0.5, "box": [1, 2]}]]})
ENVELOPE = {"specversion": "1.0", "id": "c", "source": "/s", "type": "p", "time": "2026-11-20T10:00:00Z"}
V2 = [{"name": "age", "shape": [1], "datatype": "INT64", "data": [41]}]
SIZED = {"parameters": {"binary_data_size": 16}, "datatype": "FP64"}
BINARY_V2 = [
    {"name": "p", "shape": [2], **SIZED},
    {"name": "label", "shape": [2], "datatype": "BYTES", "data": ["a", "b"]},
]
RAW_V2 = b'{"outputs": [{"name": "p", "shape": [1], "datatype": "BYTES"}], "raw_output_contents": ["AQAAAGE="]}'
LIMITS = Limits(max_message_bytes=16_000, max_events_per_message=50)
MESSAGES_PER_CHUNK = 100


def ce_headers(content_type: str = "application/json", **more: str) -> Headers:
    named = [(f"ce_{name}", text.encode()) for name, text in (ENVELOPE | more).items()]
    return [*named, ("content-type", content_type.encode())]


class Registry(LocalSchemas):
    """Knows one schema by whatever id or GUID."""

    def by_id(self, _schema_id: int) -> str:
        return SCHEMA

    def by_guid(self, _guid: str) -> str:
        return SCHEMA


@dataclass(frozen=True)
class Kind:
    """Messages of one form as they should be, and their headers."""

    samples: Sequence[bytes]
    headers: Headers | None = None


def structured(data: Any, **more: Any) -> bytes:
    return json.dumps(ENVELOPE | {"data": data} | more).encode()


KINDS: Mapping[str, Kind] = {
    "json": Kind(events_as_json(EVENTS)),
    "json array": Kind([json.dumps(EVENTS).encode(), b'[{"model": {"id": "m"}}]']),
    "avro": Kind([avro(one) for one in EVENTS], [("content-type", b"application/avro")]),
    "avro by id": Kind([b"\0\0\0\0\7" + avro(one) for one in EVENTS]),
    "avro by guid": Kind([avro(one) for one in EVENTS], [(SCHEMA_HEADER, b"\1" + bytes(range(16)))]),
    "avro by fingerprint": Kind([b"\xc3\x01" + bytes.fromhex(fingerprint_of(SCHEMA)) + avro(EVENTS[0])]),
    "avro array": Kind(
        [b"\xc3\x01" + bytes.fromhex(fingerprint_of(ARRAY)) + avro(EVENTS, ARRAY)],
        [("content-type", b"application/avro")],
    ),
    "arrow": Kind([arrow_stream(one) for one in (NESTED, FLAT, MAPS, CONCEPTS)]),
    "cloudevent": Kind(events_as_json(EVENTS), ce_headers()),
    "cloudevent in avro": Kind([avro(one) for one in EVENTS], ce_headers("application/avro")),
    "structured cloudevent": Kind(
        [structured(EVENTS[0]), structured(EVENTS), structured(None, data_base64="eyJtb2RlbCI6IHsiaWQiOiAibSJ9fQ==")],
        [("content-type", b"application/cloudevents+json")],
    ),
    "cloudevent batch": Kind(
        [b"[" + b",".join(structured(one) for one in EVENTS) + b"]"],
        [("content-type", b"application/cloudevents-batch+json")],
    ),
    "kserve request": Kind(
        [b'{"instances": [[6.8, 2.8]]}', json.dumps({"inputs": V2, "model_version": "3"}).encode()],
        ce_headers(type=REQUEST, inferenceservicename="iris"),
    ),
    "kserve tensors": Kind(
        [json.dumps({"outputs": BINARY_V2}).encode() + struct.pack("<2d", 0.5, 0.25), RAW_V2],
        ce_headers(type=RESPONSE, inferenceservicename="iris"),
    ),
    "json lines": Kind(
        [b"\n".join(events_as_json(EVENTS)), *events_as_json(EVENTS)], [("content-type", b"application/x-ndjson")]
    ),
    "kserve response": Kind(
        [b'{"predictions": [2]}', json.dumps({"outputs": V2}).encode()],
        ce_headers(type=RESPONSE, inferenceservicename="iris"),
    ),
}


def decoded(values: Sequence[bytes], headers: Headers | None) -> Decoded:
    return decode(values, [headers] * len(values), schemas=Registry([SCHEMA, ARRAY]), limits=LIMITS)


def assert_each_is_events_or_a_reject(values: Sequence[bytes], found: Decoded) -> None:
    refused = [one.message for one in found.rejects]
    taken = set((found.block.offsets - 100).tolist())
    assert len(refused) == len(set(refused))
    assert taken.isdisjoint(one.message for one in found.rejects if one.remains is None)
    assert taken.issuperset(one.message for one in found.rejects if one.remains is not None)
    assert taken | set(refused) == set(range(len(values)))
    for one in found.rejects:
        assert 0 < len(one.reason) <= LONGEST_REASON
        assert one.exception_class.startswith("streams.core.events."), one
        if one.remains is not None:  # sent again, nothing of the message is there twice
            content_type: Headers = [("content-type", one.remains.content_type.encode())]
            assert len(decoded([one.remains.value], content_type).block) == 0


@pytest.mark.parametrize("name", KINDS)
def test_undamaged_messages_are_taken_in(name: str) -> None:
    kind = KINDS[name]
    assert decoded(kind.samples, kind.headers).rejects == ()


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.timeout(0)  # grows with the number of inputs
def test_a_damaged_message_is_events_or_a_reject_that_says_why(name: str) -> None:
    kind = KINDS[name]
    inputs = damaged(kind.samples, -(-INPUTS // len(KINDS)), name)
    while values := list(islice(inputs, MESSAGES_PER_CHUNK)):
        found = decoded(values, kind.headers)
        assert_each_is_events_or_a_reject(values, found)


@pytest.mark.parametrize("name", KINDS)
def test_what_damaged_messages_still_hold_can_be_made_a_batch(name: str) -> None:
    kind, collector = KINDS[name], collector_of()
    values = list(damaged(kind.samples, 100, f"{name} batch"))
    block = decoded(values, kind.headers).block
    parts = segments_of(collector, block)
    found = batch_rows(parts)
    assert found.refused == ()
    assert not parts or found.table.num_rows == sum(len(part.batch) for part in parts)


@pytest.mark.parametrize("name", KINDS)
def test_a_message_is_the_same_events_alone_and_in_a_block(name: str) -> None:
    kind, known = KINDS[name], Registry([SCHEMA, ARRAY])
    messages = chunk([*kind.samples, *damaged(kind.samples, 40, f"{name} alone")], None)
    messages = replace(messages, headers=[kind.headers] * len(messages))
    whole = decoder().decode(messages, EVERYTHING, known, LIMITS)
    alone = [decoder().decode(messages.slice(at, at + 1), EVERYTHING, known, LIMITS) for at in range(len(messages))]
    assert rows_of(whole.block) == [row for one in alone for row in rows_of(one.block)]
    refused = [(at, one.rejects[0].exception_class) for at, one in enumerate(alone) if one.rejects]
    assert [(one.message, one.exception_class) for one in whole.rejects] == refused


@pytest.mark.timeout(0)
def test_damaged_headers_are_refused_or_overlooked() -> None:
    said = [
        b"application/avro",
        b"application/cloudevents+json",
        b"\0\0\0\0\7",
        b"\1" + bytes(16),
        b"1.0",
        b"text/plain",
    ]
    names = ["content-type", SCHEMA_HEADER, "ce_specversion", "ce_id", "ce_type", "Content-Type"]
    samples = [sample for kind in KINDS.values() for sample in kind.samples]
    inputs = enumerate(damaged(said, INPUTS // 20, "headers"))
    while some := list(islice(inputs, MESSAGES_PER_CHUNK)):
        values = [samples[number % len(samples)] for number, _ in some]
        headers: list[Headers | None] = [
            [(names[number % 6], text), (names[number % 5], said[number % 6])] for number, text in some
        ]
        found = decode(values, headers, schemas=Registry([SCHEMA, ARRAY]), limits=LIMITS)
        assert_each_is_events_or_a_reject(values, found)
