import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import Headers
from tests.core.events.chunks import SCHEMA, arrow_stream, avro, decode, events_as_json, rows_of

AVRO: Headers = [("content-type", b"application/avro")]
EVENTS: list[dict[str, Any]] = [
    {
        "id": "a",
        "time": "2026-11-20T10:00:00.5Z",
        "model": {"id": "m", "user_id": "u", "app_id": None, "version": "v"},
        "caller": "c",
        "input": {"id": "i", "data": "hello"},
        "features": {"f": 1.5, "g": True},
        "concepts": [{"id": "cat", "name": None, "value": 0.5}, {"id": None, "name": "dog", "value": 0.25}],
        "metadata": {"region": "eu", "tier": 3},
    },
    {"model": {"id": "n"}, "metadata": {"region": None}, "concepts": []},
    {"collectors": ["x", "y"], "features": {"f": -1}},
]


def content(decoded_rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without what says which message they came in."""
    return [
        {name: value for name, value in row.items() if name not in ("message", "index", "id")} for row in decoded_rows
    ]


SINGLE = content(rows_of(decode(events_as_json(EVENTS)).block))


def test_an_array_is_its_events_in_order() -> None:
    decoded = decode([b"\n" + json.dumps(EVENTS).encode()])
    assert decoded.rejects == ()
    assert content(rows_of(decoded.block)) == SINGLE
    assert decoded.block.indexes.tolist() == [0, 1, 2]


def test_missing_ids_are_derived_from_the_place_of_the_message_and_in_it() -> None:
    decoded = decode([json.dumps(EVENTS).encode(), json.dumps(EVENTS[1]).encode()])
    assert decoded.block.ids.to_pylist() == ["a", "predictions-3-100-1", "predictions-3-100-2", "predictions-3-101"]


def test_an_array_of_one_event_still_numbers_it() -> None:
    assert decode([b'[{"model": {"id": "m"}}]']).block.ids.to_pylist() == ["predictions-3-100-0"]


def test_an_avro_array_is_its_events_in_order() -> None:
    schema = json.dumps({"type": "array", "items": json.loads(SCHEMA)})
    decoded = decode([avro(EVENTS, schema)], [AVRO], schemas=LocalSchemas([schema]))
    assert decoded.rejects == ()
    assert content(rows_of(decoded.block)) == SINGLE


NESTED = pa.table(
    {
        "id": ["a", None, None],
        "time": pa.array([1795168800500, None, None], pa.timestamp("ms", tz="UTC")),
        "model": [{"id": "m", "user_id": "u", "app_id": None, "version": "v"}, {"id": "n"}, None],
        "caller": ["c", None, None],
        "input": [{"id": "i", "data": "hello"}, None, None],
        "features": pa.array([{"f": 1.5, "g": True}, None, {"f": -1}]),
        "concepts": [[{"id": "cat", "value": 0.5}, {"name": "dog", "value": 0.25}], [], None],
        "metadata": [{"region": "eu", "tier": 3}, {"region": None}, None],
        "collectors": [None, None, ["x", "y"]],
    }
)
FLAT = pa.table(
    {
        "id": NESTED["id"],
        "time": NESTED["time"].cast(pa.timestamp("us", tz="UTC")),
        "model.id": pa.array(["m", "n", None]).dictionary_encode(),
        "model.user_id": pa.array(["u", None, None], pa.large_string()),
        "model.version": pa.array(["v", None, None], pa.string_view()),
        "caller": NESTED["caller"],
        "input.data": ["hello", None, None],
        "features.f": pa.array([Decimal("1.5"), None, Decimal("-1.0")]),
        "features.g": [True, None, None],
        "concepts": NESTED["concepts"],
        "metadata.region": ["eu", None, None],
        "metadata.tier": pa.array([3, None, None], pa.uint8()),
        "collectors": NESTED["collectors"].cast(pa.large_list(pa.string())),
    }
)
MAPS = NESTED.set_column(
    NESTED.column_names.index("metadata"),
    "metadata",
    pa.array([[("region", "eu"), ("tier", "3")], [], None], pa.map_(pa.string(), pa.string())),
)


@pytest.mark.parametrize("table", [NESTED, FLAT], ids=["nested", "flat"])
def test_an_arrow_stream_is_its_events_in_order(table: pa.Table) -> None:
    decoded = decode([arrow_stream(table)])
    assert decoded.rejects == ()
    assert content(rows_of(decoded.block)) == SINGLE
    assert [encoding.kind for encoding in decoded.block.encodings] == ["arrow"]
    assert len(decoded.block.payloads[0]) == 3


def test_an_arrow_map_is_an_object() -> None:
    metadata = decode([arrow_stream(MAPS)]).block.metadata
    assert metadata["region"].text.to_pylist() == ["eu", None, None]
    assert metadata["tier"].text.to_pylist() == ["3", None, None]


def test_an_arrow_stream_may_be_announced_or_recognised() -> None:
    announced: Headers = [("content-type", b"application/vnd.apache.arrow.stream; charset=binary")]
    value = arrow_stream(FLAT)
    assert len(decode([value, value], [announced, None]).block) == 6


def test_streams_of_different_schemas_keep_their_payloads_apart_and_the_rows_in_order() -> None:
    decoded = decode([arrow_stream(NESTED), arrow_stream(FLAT), arrow_stream(NESTED)])
    block = decoded.block
    assert content(rows_of(block)) == SINGLE * 3
    assert block.offsets.tolist() == [100] * 3 + [101] * 3 + [102] * 3
    assert block.encoding_codes.tolist() == [0] * 3 + [1] * 3 + [0] * 3
    assert block.payload_rows.tolist() == [0, 1, 2, 0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("time", pa.array([True])),
        ("id", pa.array([[1]])),
        ("collectors", pa.array(["x"])),
        ("concepts", pa.array([[{"id": "a", "value": float("nan")}]])),
        ("concepts", pa.array([[{"value": 1.0}]])),
        ("concepts", pa.array([7])),
        ("metadata", pa.array(["eu"])),
    ],
)
def test_an_arrow_column_of_the_wrong_kind_refuses_the_message(column: str, values: pa.Array) -> None:
    decoded = decode([arrow_stream(pa.table({"model.id": ["m"], column: values}))])
    assert [column in one.reason for one in decoded.rejects] == [True]


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("kind", [pa.list_view(pa.int64()), pa.large_list_view(pa.string())])
def test_list_views_are_refused_by_name_and_cost_no_neighbour(kind: pa.DataType, *, wrapped: bool) -> None:
    """More of them in a row than faults of the program may come in a row."""
    column = pa.array([[], []], kind)
    sent = arrow_stream(pa.table({"model.id": ["m", "m"], "features.x": _in_a_struct(column) if wrapped else column}))
    decoded = decode([*[sent] * 30, *events_as_json(EVENTS)])
    assert {"send lists, not list views" in one.reason for one in decoded.rejects} == {True}
    assert [one.message for one in decoded.rejects] == list(range(30))
    assert content(rows_of(decoded.block)) == SINGLE


def _in_a_struct(column: pa.Array) -> pa.StructArray:
    return pa.StructArray.from_arrays([column], ["inner"])


def test_every_form_may_stand_in_one_chunk() -> None:
    values = [
        json.dumps(EVENTS[0]).encode(),
        json.dumps(EVENTS).encode(),
        avro(EVENTS[1]),
        arrow_stream(NESTED),
        b"junk",
    ]
    decoded = decode(values, [None, None, AVRO, None, None])
    assert [one.message for one in decoded.rejects] == [4]
    assert decoded.block.offsets.tolist() == [100, 101, 101, 101, 102, 103, 103, 103]
    assert content(rows_of(decoded.block)) == [SINGLE[0], *SINGLE, SINGLE[1], *SINGLE]
