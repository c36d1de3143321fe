"""One type per column: from JSON texts, and across tables that typed the same column differently.

The type depends on the set of values alone, never on their order: integers are int64, integers beside floats (and
those beyond int64) float64, booleans bool, texts string. Anything else, and any mixture, becomes JSON text, marked
in the field's metadata (`JSON_TEXT`). A column without a value is null until tables are merged, then string.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.events.arrays import first_bytes, valid_rows
from streams.core.events.scalars import number_rows, present_rows, scattered, texts_from_json, unquoted

JSON_TEXT = {b"json": b"true"}
_QUOTE = b'"'[0]
_TRUTHS = np.frombuffer(b"tf", np.uint8)


@dataclass(frozen=True, slots=True)
class Typed:
    """A column and whether its texts are JSON."""

    array: pa.Array
    is_json: bool = False

    def field(self, name: str) -> pa.Field:
        """Arrow field that says all there is to say of the column."""
        return pa.field(name, self.array.type, metadata=JSON_TEXT if self.is_json else None)


def typed_from_json(texts: pa.StringArray) -> Typed:
    """Type a column of JSON texts; null and the JSON text `null` are missing."""
    present = present_rows(texts)
    if not present.any():
        return Typed(pa.nulls(len(texts)))
    first = first_bytes(texts)[present]
    values = texts if present.all() else texts.filter(pa.array(present))
    typed = _plain(values, first)
    return Typed(typed.array if present.all() else scattered(typed.array, present), typed.is_json)


def json_as_text(texts: pa.StringArray) -> pa.StringArray:
    """Text for text, and for a number or a boolean its JSON text."""
    plain = texts_from_json(texts)
    other = ~valid_rows(plain) & present_rows(texts)
    return pc.if_else(pa.array(other), texts, plain) if other.any() else plain


def _plain(values: pa.StringArray, first: np.ndarray) -> Typed:
    if (first == _QUOTE).all():
        return Typed(unquoted(values))
    if np.isin(first, _TRUTHS).all():
        return Typed(pa.array(first == _TRUTHS[0]))
    if number_rows(first).all():
        return Typed(_numbers(values))
    return Typed(values, is_json=True)


def _numbers(values: pa.StringArray) -> pa.Array:
    try:
        return values.cast(pa.int64())
    except pa.ArrowInvalid:
        return values.cast(pa.float64())


def merged(columns: Sequence[Typed]) -> Typed:
    """Put columns of several tables one after the other, promoted to the one type that holds them all."""
    kinds = {(column.array.type, column.is_json) for column in columns if not pa.types.is_null(column.array.type)}
    if not kinds:
        return Typed(pa.nulls(sum(len(column.array) for column in columns), pa.string()))
    if len(kinds) == 1:
        ((kind, is_json),) = kinds
        return Typed(pa.concat_arrays([column.array.cast(kind) for column in columns]), is_json)
    if {kind for kind, _ in kinds} == {pa.int64(), pa.float64()}:
        return Typed(pa.concat_arrays([column.array.cast(pa.float64(), safe=False) for column in columns]))
    return Typed(pa.concat_arrays([json_values(column) for column in columns]), is_json=True)


def json_values(column: Typed) -> pa.StringArray:
    """JSON text per value."""
    if column.is_json:
        return column.array
    values = column.array.to_pylist()
    return pa.array([None if value is None else json.dumps(value, ensure_ascii=False) for value in values], pa.string())
