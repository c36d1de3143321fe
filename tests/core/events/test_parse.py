"""The full parse: what a batch's columns are, from each encoding."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from streams.core.events.encoding import JSON, Encoding
from streams.core.events.parse import PayloadParserState
from streams.core.events.parsed import FlatRows, ParsedEvents, flat_rows
from streams.core.events.typed import JSON_TEXT
from streams.core.windows.plan import MOST_CELLS
from tests.core.events.chunks import SCHEMA, arrow_stream, avro, decode, events_as_json
from tests.core.events.test_many_events import EVENTS, FLAT, MAPS, NESTED


def flat(*parts: ParsedEvents, most_cells: int = MOST_CELLS) -> FlatRows:
    return flat_rows(parts, most_cells)


def from_json(*events: dict[str, Any]) -> pa.Table:
    return flat(PayloadParserState().parse(pa.array(events_as_json(events), pa.binary()), JSON)).table


def from_arrow(table: pa.Table) -> pa.Table:
    """A table's parse, by the way that it takes as a message."""
    decoded = decode([arrow_stream(table)])
    assert decoded.rejects == ()
    return flat(PayloadParserState().parse(decoded.block.payloads[0], decoded.block.encodings[0])).table


def said(parsed: pa.Table) -> list[dict[str, Any]]:
    """Rows without what is missing; `FLAT` has no ids of inputs."""
    rows = parsed.to_pylist()
    return [{name: value for name, value in row.items() if value is not None and name != "input.id"} for row in rows]


def column(values: Any, kind: pa.DataType | None = None) -> tuple[Any, pa.Field]:
    """A feature column from Arrow: values and field."""
    parsed = from_arrow(pa.table({"model.id": ["m"] * len(values), "features.x": pa.array(values, kind)}))
    return parsed["features.x"].to_pylist(), parsed.schema.field("features.x")


@pytest.mark.parametrize("table", [NESTED, FLAT], ids=["nested", "flat"])
def test_arrow_has_the_columns_that_json_has(table: pa.Table) -> None:
    assert said(from_arrow(table)) == said(from_json(*EVENTS))


def test_avro_has_the_columns_that_json_has() -> None:
    values = pa.array([avro(one) for one in EVENTS], pa.binary())
    parsed = flat(PayloadParserState().parse(values, Encoding("avro", SCHEMA))).table
    assert parsed.to_pylist() == from_json(*EVENTS).to_pylist()


@pytest.mark.parametrize(
    ("values", "kind", "told", "type_"),
    [
        ([1, None], pa.int8(), [1, None], pa.int64()),
        ([1, 2**63], pa.uint64(), [1.0, float(2**63)], pa.float64()),
        ([0.5], pa.float16(), [0.5], pa.float64()),
        ([Decimal("1.50")], pa.decimal128(9, 2), [1.5], pa.float64()),
        ([True, None], pa.bool_(), [True, None], pa.bool_()),
        (["a"], pa.large_string(), ["a"], pa.string()),
        (["a", "b", "a"], pa.dictionary(pa.int8(), pa.string()), ["a", "b", "a"], pa.string()),
        ([date(2026, 1, 2)], pa.date32(), ["2026-01-02"], pa.string()),
        ([None, None], pa.null(), [None, None], pa.null()),
    ],
)
def test_arrow_types_become_those_of_json(values: Any, kind: pa.DataType, told: Any, type_: pa.DataType) -> None:
    found, field = column(values, kind)
    if pa.types.is_null(type_):
        assert found == told
    else:
        assert (found, field.type, field.metadata) == (told, type_, None)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([[1, 2], None], ["[1,2]", None]),
        ([{"a": 1, "b": "ü"}], ['{"a":1,"b":"ü"}']),
        ([{"when": datetime(2026, 1, 2, tzinfo=UTC), "raw": b"\x00"}], None),
    ],
)
def test_what_is_nested_becomes_json_text_and_is_marked_so(values: Any, texts: list[str] | None) -> None:
    found, field = column(values)
    assert field.metadata == JSON_TEXT
    if texts is not None:
        assert found == texts
    else:
        assert json.loads(found[0])["raw"] == "AA=="


def test_bytes_become_base64() -> None:
    assert column([b"ab", None])[0] == ["YWI=", None]


def test_a_maps_keys_become_columns() -> None:
    parsed = from_arrow(MAPS)
    assert parsed["metadata.region"].to_pylist() == ["eu", None, None]
    assert parsed["metadata.tier"].to_pylist() == ["3", None, None]


def test_fields_that_nobody_knows_are_kept_under_extra() -> None:
    parsed = from_arrow(pa.table({"model.id": ["m"], "colour": ["red"], "box": [{"x": 1}]}))
    assert parsed["extra.colour"].to_pylist() == ["red"]
    assert parsed["extra.box"].to_pylist() == ['{"x":1}']


def test_concepts_that_say_more_are_kept_whole_beside() -> None:
    table = pa.table({"model.id": ["m"], "concepts": [[{"id": "cat", "value": 0.5, "box": [1, 2]}]]})
    parsed = from_arrow(table)
    assert parsed["concepts"].to_pylist() == [[{"id": "cat", "name": None, "value": 0.5}]]
    assert "box" in str(parsed["extra.concepts"].to_pylist())


def test_a_prediction_of_several_kinds_is_json_text() -> None:
    parsed = from_json({"model": {"id": "m"}, "prediction": 1}, {"model": {"id": "m"}, "prediction": "a"})
    assert parsed["prediction"].to_pylist() == ["1", '"a"']
    assert parsed.schema.field("prediction").metadata == JSON_TEXT
