"""Whatever a key looks like, its value is found under its name: compared with Python's own JSON parser."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.core.batches.build import parquet_bytes
from streams.core.batches.rows import batch_rows
from streams.core.events.parsed import LONGEST_NAME, OTHER_COLUMNS
from streams.core.events.projection import Projection
from tests.core.batches.closed_windows import collector_of, decoded, segments_of
from tests.core.events.chunks import arrow_stream, decode

PRINTED = r"""
' '' " \ \' a'b a"b ` ; -- /* */ $ $.a * [*] a[0] [0] 0 1 -1 # ? %s {} {0} ( ) :: j a,b
a.b . .. a. .a / ~ ~0 ~1 a/b /a a~1b features.a metadata.a model.id other_columns json VARCHAR null true
id time model features metadata extra caller concepts prediction NaN __proto__ a A s S i I k ss SS
"""
HOSTILE = [
    *("", "\0", "t\0", "t", "\0t", "t\0u", "T\0", "'; DROP TABLE j; --", "') , (SELECT 1) --", "x" * LONGEST_NAME),
    *PRINTED.split(),
    *("é", "É", "ß", "ẞ", "İ", "\u0131", "\u212a", "\u017f", "ς", "\u03c3", "Σ", "e\u0301", "\U0001f600", "\U0010ffff"),
    *("\n", "\t", " ", "a ", "\x1b", "\x7f", "\ufeff", "\u2028", "\u00a0", "\ufffe"),
]
KEYS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=6))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(-1e9, 1e9), st.sampled_from([*HOSTILE, "text"])
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(KEYS, SCALARS, max_size=2))
OBJECTS = st.lists(st.tuples(KEYS, VALUES), max_size=6)
KNOWN = {"id", "time", "model", "caller", "input", "prediction", "concepts", "collectors", "features", "metadata"}
GROUPS = ("features", "metadata")


def written(pairs: list[tuple[str, Any]]) -> str:
    """An object as JSON text, with keys that are there twice."""
    return "{" + ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs) + "}"


def first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What an object means: the first of repeated keys counts."""
    return dict(reversed(pairs))


def event(top: list[tuple[str, Any]], groups: dict[str, list[tuple[str, Any]]]) -> bytes:
    parts = ['"model":{"id":"m"}', *(f"{json.dumps(name)}:{written(pairs)}" for name, pairs in groups.items())]
    parts += [written([pair])[1:-1] for pair in top if pair[0] not in KNOWN]
    return ("{" + ",".join(parts) + "}").encode()


def expected(top: list[tuple[str, Any]], groups: dict[str, list[tuple[str, Any]]]) -> dict[str, Any]:
    """Every value of an event by its column, as Python's parser has it."""
    parsed = json.loads(event(top, groups), object_pairs_hook=first_of_each)
    parsed.pop("model")
    found = {f"{name}.{key}": value for name in GROUPS for key, value in parsed.pop(name, {}).items()}
    found |= {f"extra.{key}": value for key, value in parsed.items()}
    return {name: value for name, value in found.items() if value is not None}


def stored(values: list[bytes], **parts: Any) -> pa.Table:
    """The rows of the batch of these messages, as Parquet gives them back."""
    collector = collector_of(**parts)
    found = batch_rows(segments_of(collector, decoded(collector, values)), collector.plan().most_cells)
    assert found.refused == ()
    return pq.read_table(io.BytesIO(parquet_bytes(found.table)))


def said(table: pa.Table) -> list[dict[str, Any]]:
    """Every value of each row by its column, those in the map among them."""
    rows: list[dict[str, Any]] = [{} for _ in range(table.num_rows)]
    for field, column in zip(table.schema, table.columns, strict=True):
        if not field.name.startswith((*(f"{name}." for name in GROUPS), "extra.")):
            continue
        for row, value in zip(rows, column.to_pylist(), strict=True):
            if value is not None:
                row[field.name] = json.loads(value) if field.metadata else value
    if OTHER_COLUMNS in table.column_names:
        for row, entries in zip(rows, table[OTHER_COLUMNS].to_pylist(), strict=True):
            row |= {name: json.loads(text) for name, text in entries or ()}
    return rows


@settings(max_examples=300)
@given(st.lists(st.tuples(OBJECTS, st.fixed_dictionaries(dict.fromkeys(GROUPS, OBJECTS))), min_size=1, max_size=5))
@example([([("t\0", 1)], {"features": [], "metadata": []})])
@example([([], {"features": [("a", 1), ("A", 2), ("a", 3)], "metadata": [("", 4), ("\0", 5)]})])
def test_every_value_of_a_batch_is_under_its_name(events: list[tuple[Any, Any]]) -> None:
    table = stored([event(*each) for each in events])
    assert said(table) == [expected(*each) for each in events]


@settings(max_examples=100)
@given(st.lists(st.tuples(OBJECTS, st.fixed_dictionaries(dict.fromkeys(GROUPS, OBJECTS))), min_size=1, max_size=5))
def test_what_is_too_rare_for_a_column_is_in_the_map_under_its_name(events: list[tuple[Any, Any]]) -> None:
    table = stored([event(*each) for each in events], sparse_cells=200)
    assert len([name for name in table.column_names if name.startswith((*GROUPS, "extra."))]) <= 2
    assert said(table) == [expected(*each) for each in events]


@settings(max_examples=200)
@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys(GROUPS, OBJECTS)), min_size=1, max_size=4),
    st.frozensets(KEYS, max_size=4),
)
@example([{"features": [("t\0", 1), ("t", 2)], "metadata": []}], frozenset({"t\0", "t"}))
def test_a_collector_sees_every_key_that_it_asks_for(events: list[dict[str, Any]], keys: frozenset[str]) -> None:
    projection = Projection(concepts=False, input_text=False, metadata=keys, features=keys)
    found = decode([event([], each) for each in events], projection=projection)
    assert found.rejects == ()
    for name, columns in (("features", found.block.features), ("metadata", found.block.metadata)):
        for key in keys:
            column = columns[key]
            values = [first_of_each(each[name]).get(key) for each in events]
            assert column.present.tolist() == [value is not None for value in values]
            assert column.text.to_pylist() == [value if isinstance(value, str) else None for value in values]
            for number, truth, value in zip(column.number, column.truth, values, strict=True):
                assert (truth == int(value)) if isinstance(value, bool) else (truth == -1)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    assert number == value
                else:
                    assert np.isnan(number)


@settings(max_examples=100)
@given(st.lists(st.lists(st.tuples(KEYS, st.integers(0, 9)), max_size=5), min_size=1, max_size=4))
@example([[("t\0", 1), ("t", 2)], [("t", 3)]])
def test_keys_of_arrow_maps_have_their_values(rows: list[list[tuple[str, int]]]) -> None:
    table = pa.table({"model.id": ["m"] * len(rows), "features": pa.array(rows, pa.map_(pa.string(), pa.int64()))})
    wanted = [{f"features.{key}": value for key, value in first_of_each(pairs).items()} for pairs in rows]
    assert said(stored([arrow_stream(table)])) == wanted
    assert said(stored([arrow_stream(table)], sparse_cells=1)) == wanted


@pytest.mark.parametrize("key", [key for key in HOSTILE if "\0" not in key])
def test_names_of_arrow_fields_have_their_values(key: str) -> None:
    """Not those with NUL: Arrow's own interface ends a name there."""
    features = pa.StructArray.from_arrays([pa.array([1, None]), pa.array([2, 3])], names=[key, "plain"])
    assert said(stored([arrow_stream(pa.table({"model.id": ["m", "m"], "features": features}))])) == [
        {f"features.{key}": 1, "features.plain": 2},
        {"features.plain": 3},
    ]


def test_of_two_arrow_fields_of_one_name_the_first_counts() -> None:
    features = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])
    assert said(stored([arrow_stream(pa.table({"model.id": ["m"], "features": features}))])) == [{"features.x": 1}]


def test_names_of_a_megabyte_are_no_columns() -> None:
    key = "k" * 900_000
    table = stored([json.dumps({"model": {"id": "m"}, "features": {key: 1, "a": 2}}).encode()])
    assert "features.a" in table.column_names
    assert table[OTHER_COLUMNS].to_pylist() == [[(f"features.{key}", "1")]]
