"""Lists in Arrow columns: concepts and direct addresses."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, null_rows, rows_of, valid_rows
from streams.core.events.arrow_fields import struct_member
from streams.core.events.arrow_scalars import numbers_from_arrow, texts_from_arrow
from streams.core.events.table import CONCEPTS, TEXTS


def collectors_from_arrow(column: pa.Array) -> tuple[pa.ListArray, Mask]:
    """List of texts per row (null where empty or missing), and which rows hold something else."""
    listed = as_list(column)
    if listed is None:
        return pa.nulls(len(column), TEXTS), valid_rows(column)
    texts, odd = texts_from_arrow(listed.flatten())
    offsets = _offsets(listed)
    empty = pa.array(np.diff(offsets) == 0)
    texts_listed = pa.ListArray.from_arrays(pa.array(offsets), texts, type=TEXTS, mask=empty)
    return texts_listed, rows_of(texts_listed, odd | null_rows(texts))


def concepts_from_arrow(column: pa.Array) -> tuple[pa.ListArray, Mask]:
    """`CONCEPTS` per row (null where missing), and which rows hold anything but a list of well-formed concepts."""
    listed = as_list(column)
    if listed is None or not pa.types.is_struct(listed.type.value_type):
        return pa.nulls(len(column), CONCEPTS), valid_rows(column)
    entries = listed.flatten()
    nothing = pa.nulls(len(entries))
    ids, names, values = (_child(entries, key, nothing) for key in ("id", "name", "value"))
    (ids, odd_ids), (names, odd_names) = texts_from_arrow(ids), texts_from_arrow(names)
    numbers = numbers_from_arrow(values)
    odd = odd_ids | odd_names | ~np.isfinite(numbers) | (null_rows(ids) & null_rows(names))
    concepts = pa.StructArray.from_arrays([ids, names, pa.array(numbers)], fields=list(CONCEPTS.value_type))
    missing = pa.array(null_rows(listed))
    out = pa.ListArray.from_arrays(pa.array(_offsets(listed)), concepts, type=CONCEPTS, mask=missing)
    return out, rows_of(out, odd)


def as_list(column: pa.Array) -> pa.ListArray | None:
    """Column as plain list, None where it is of another kind."""
    kind = column.type
    if pa.types.is_list(kind) and not pa.types.is_map(kind):
        return column
    if pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return column.cast(pa.list_(kind.value_type))
    return None


def _child(entries: pa.StructArray, key: str, nothing: pa.Array) -> pa.Array:
    found = struct_member(entries, key)
    return nothing if found is None else found


def _offsets(listed: pa.ListArray) -> NDArray[np.int32]:
    lengths = pc.list_value_length(listed).fill_null(0).to_numpy()
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
