"""Labels in all encodings of events give the same columns; what is no label is refused with its remedy."""

import json
from typing import Any

import pyarrow as pa
import pytest

from streams.core.events.messages import Headers
from tests.core.events.chunks import RECORD_TIME_MS, arrow_stream, avro, events_as_json
from tests.core.labels.labels import SCHEMA, decode

AVRO: Headers = [("content-type", b"application/avro")]
LABELS: list[dict[str, Any]] = [
    {"id": "a", "target": "cat", "time": 5},
    {"id": "b", "target": 1.5, "time": None},
    {"id": "c", "target": True, "time": 7},
]


def said(table: pa.Table) -> list[tuple[str, object, int]]:
    return [(each["id"], _truth(each["target"]), each["time_ms"]) for each in table.to_pylist()]


def _truth(target: dict[str, Any]) -> object:
    if target["text"] is not None:
        return target["text"]
    return bool(target["truth"]) if target["truth"] >= 0 else target["number"]


EXPECTED = [("a", "cat", 5), ("b", 1.5, RECORD_TIME_MS), ("c", True, 7)]


def test_json_one_a_message_and_many_in_one() -> None:
    single, many = decode(events_as_json(LABELS)).table, decode([json.dumps(LABELS).encode()]).table

    assert said(single) == said(many) == EXPECTED
    assert single["offset"].to_pylist() == [100, 101, 102]
    assert (many["offset"].to_pylist(), many["index"].to_pylist()) == ([100, 100, 100], [0, 1, 2])


def test_bare_avro_is_read_with_the_shipped_schema() -> None:
    assert said(decode([avro(each, SCHEMA) for each in LABELS], [AVRO] * 3).table) == EXPECTED


@pytest.mark.parametrize("targets", [["x", "y"], [1, 2], [True, False], [0.5, 1.5]])
def test_arrow_streams_keep_the_type_of_the_truth(targets: list[Any]) -> None:
    stream = arrow_stream(pa.table({"id": ["u", "v"], "target": targets}))

    assert [truth for _, truth, _ in said(decode([stream]).table)] == targets


def test_messages_of_several_encodings_come_in_the_order_polled() -> None:
    values = [avro(LABELS[0], SCHEMA), *events_as_json(LABELS[1:2]), avro(LABELS[2], SCHEMA)]

    assert said(decode(values, [AVRO, None, AVRO]).table) == EXPECTED


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ({"target": 1}, "id: got none"),
        ({"id": "", "target": 1}, "id: got none"),
        ({"id": {"a": 1}, "target": 1}, "id: got none"),
        ({"id": "a"}, "target: got null"),
        ({"id": "a", "target": ""}, "target: got null, blank text"),
        ({"id": "a", "target": " "}, "target: got null, blank text"),
        ({"id": "a", "target": [1]}, "target: got null, blank text, a nested"),
        ({"id": "a", "target": 1, "time": "never"}, "time: got no time; write RFC 3339"),
        (5, "id: got none"),
    ],
)
def test_what_is_no_label_is_refused_and_its_neighbours_are_not(label: object, reason: str) -> None:
    found = decode([json.dumps(label).encode(), *events_as_json(LABELS[:1])])

    assert said(found.table) == EXPECTED[:1]
    assert [(each.message, each.reason.startswith(reason)) for each in found.rejects] == [(0, True)]


def test_broken_json_costs_one_message() -> None:
    found = decode([b'{"id":', *events_as_json(LABELS[:1]), None])

    assert said(found.table) == EXPECTED[:1]
    assert [each.message for each in found.rejects] == [0, 2]


def test_a_bad_label_of_an_array_costs_itself() -> None:
    found = decode([json.dumps([LABELS[0], {"id": "x"}]).encode()])

    assert said(found.table) == EXPECTED[:1]
    (refused,) = found.rejects
    assert refused.reason.startswith("of 2 events 1 is refused: event 1: target")
    assert refused.remains is not None
    assert json.loads(refused.remains.value) == [{"id": "x"}]


def test_a_number_is_an_id_by_its_text() -> None:
    assert decode(events_as_json([{"id": 17, "target": 1}])).table["id"].to_pylist() == ["17"]
