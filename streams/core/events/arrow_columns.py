"""Events that are Arrow columns already (decoded Avro, Arrow IPC streams) to the columns of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from streams.core.events.arrays import Mask, blank_rows, null_rows, valid_rows
from streams.core.events.arrow_fields import Fields, member
from streams.core.events.arrow_lists import collectors_from_arrow, concepts_from_arrow
from streams.core.events.arrow_scalars import (
    plain_texts_from_arrow,
    scalars_from_arrow,
    texts_from_arrow,
    times_from_arrow,
)
from streams.core.events.flat import GROUPS, MODEL
from streams.core.events.json_problems import shown
from streams.core.events.projection import Projection
from streams.core.events.rejects import InvalidEventError
from streams.core.events.table import Read, event_schema, scalar_groups
from streams.core.events.times import REMEDY, time_remedy


@dataclass(frozen=True, slots=True)
class _Part:
    """One field: its column in the table (None where it has none), which rows are wrong, and the remedy."""

    field: str
    source: pa.Array
    column: pa.Array | None
    wrong: Mask
    remedy: str

    def error(self, row: int) -> InvalidEventError:
        value = _plain(self.source[row])
        remedy = time_remedy(value) if self.remedy == REMEDY else self.remedy
        return InvalidEventError(f"{self.field}: got {shown(value)}; {remedy}")


def _plain(value: pa.Scalar) -> object:
    """The value as Python has it; a time beyond Python's calendar as its number."""
    try:
        return value.as_py()
    except (OverflowError, ValueError):
        return getattr(value, "value", None)


def read_arrow(fields: Fields, rows: int, projection: Projection) -> Read:
    """Columns of the good events, a reason for each bad one."""
    parts = list(_parts(fields, rows, projection))
    columns = {part.field: part.column for part in parts if part.column is not None}
    bad: dict[int, Exception] = {}
    for part in parts:
        for row in np.flatnonzero(part.wrong):
            bad.setdefault(int(row), part.error(int(row)))
    nameless = blank_rows(columns["model.id"]) & null_rows(columns["collectors"])
    for row in np.flatnonzero(nameless):
        bad.setdefault(int(row), InvalidEventError("event: give model.id, or collectors (a list of collector ids)"))
    schema = event_schema(projection)
    table = pa.table([columns[_FIELDS.get(name, name)] for name in schema.names], schema=schema)
    kept = np.ones(rows, np.bool_)
    kept[list(bad)] = False
    return Read(table.filter(pa.array(kept)) if bad else table, np.flatnonzero(kept), bad)


_TEXTS = ("id", "caller", *(f"model.{key}" for key in MODEL))
_FIELDS = {"time_ms": "time", "input_text": "input.data"} | {f"model_{key}": f"model.{key}" for key in MODEL}


def _parts(fields: Fields, rows: int, projection: Projection) -> Iterator[_Part]:
    nothing = pa.nulls(rows)
    for name in _TEXTS:
        source = _column(fields, name, nothing)
        yield _Part(name, source, *texts_from_arrow(source), "send text")
    time = fields.get("time", nothing)
    yield _Part("time", time, *times_from_arrow(time), REMEDY)
    listed = fields.get("collectors", nothing)
    yield _Part("collectors", listed, *collectors_from_arrow(listed), "send a list of collector ids")
    if projection.concepts:
        listed = fields.get("concepts", nothing)
        remedy = "send a list of {id, name, value}: id or name, and a finite value"
        yield _Part("concepts", listed, *concepts_from_arrow(listed), remedy)
    if projection.input_text:
        data = _column(fields, "input.data", nothing)
        yield _Part("input.data", data, plain_texts_from_arrow(data), np.zeros(rows, np.bool_), "")
    for group, keys in scalar_groups(projection):
        for key in keys:
            source = _column(fields, f"{group}.{key}", nothing)
            yield _Part(f"{group}.{key}", source, scalars_from_arrow(source), np.zeros(rows, np.bool_), "")
    yield from _groups(fields)


def _groups(fields: Fields) -> Iterator[_Part]:
    for group in GROUPS:
        source = fields.get(group)
        if source is not None and not (pa.types.is_struct(source.type) or pa.types.is_map(source.type)):
            yield _Part(group, source, None, valid_rows(source), "send a struct or a map")


def _column(fields: Fields, path: str, nothing: pa.Array) -> pa.Array:
    group, dot, key = path.partition(".")
    found = member(fields, group, key) if dot else fields.get(group)
    return nothing if found is None else found
