"""Values of Arrow columns of whatever type, reduced to branches of one plain type each.

Dictionaries, views, large and extension types, and unions (Avro's wider ones become sparse unions) end here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows of a column, ascending, that hold values of one plain type; `rows` is None where that is all of them."""

    values: pa.Array
    rows: NDArray[np.int64] | None = None

    def put(self, out: np.ndarray, values: object) -> None:
        """Write a value for each row of the branch."""
        out[slice(None) if self.rows is None else self.rows] = values


@dataclass(frozen=True, slots=True)
class Values:
    """A column apart by type. A null row may be in any branch, or in none."""

    length: int
    branches: tuple[Branch, ...]


def values_of(column: pa.Array) -> Values:
    """Take a column apart."""
    return Values(len(column), tuple(_branches(column)))


def _branches(column: pa.Array) -> Iterator[Branch]:
    kind = column.type
    if pa.types.is_union(kind):
        yield from _union_branches(column)
    elif isinstance(kind, pa.BaseExtensionType):
        yield from _branches(column.storage)
    elif pa.types.is_dictionary(kind):
        yield from _branches(column.dictionary_decode())
    elif pa.types.is_run_end_encoded(kind):
        yield from _branches(pc.run_end_decode(column))
    elif pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        yield Branch(column.cast(pa.string()))
    else:
        yield Branch(column)


def _codes(column: pa.UnionArray) -> NDArray[np.int8]:
    """Type code per row. `type_codes` and `offsets` of a slice begin where the whole does (pyarrow 26)."""
    return np.frombuffer(column.buffers()[1], np.int8)[column.offset :][: len(column)]


def _dense_offsets(column: pa.UnionArray) -> NDArray[np.int32]:
    return np.frombuffer(column.buffers()[2], np.int32)[column.offset :][: len(column)]


def _union_branches(column: pa.UnionArray) -> Iterator[Branch]:
    codes = _codes(column)
    dense = column.type.mode == "dense"
    for place, code in enumerate(column.type.type_codes):
        rows = np.flatnonzero(codes == code)
        if len(rows) == len(column) and not dense:
            yield from _branches(column.field(place))
        elif len(rows):
            source = _dense_offsets(column)[rows] if dense else rows
            for inner in _branches(column.field(place).take(pa.array(source))):
                yield Branch(inner.values, rows if inner.rows is None else rows[inner.rows])


def taken(column: pa.Array, indices: pa.Array) -> pa.Array:
    """Rows of a column by index, null where the index is null; for sparse unions too."""
    kind = column.type
    if not pa.types.is_union(kind) or kind.mode == "dense":
        return column.take(indices)
    codes = pa.array(_codes(column)).take(indices)
    used = codes.unique().drop_null()
    if len(used) == 1:
        return taken(column.field(kind.type_codes.index(used[0].as_py())), indices)
    codes = codes.fill_null(kind.type_codes[0])
    children = [taken(column.field(place), indices) for place in range(kind.num_fields)]
    names = [kind.field(place).name for place in range(kind.num_fields)]
    return pa.UnionArray.from_sparse(codes, children, names, list(kind.type_codes))


def texts_inside(columns: Iterable[pa.Array]) -> Iterator[pa.StringArray]:
    """Every text array among columns and whatever is nested in them."""
    for column in columns:
        kind = column.type
        if pa.types.is_string(kind):
            yield column
        elif pa.types.is_struct(kind) or pa.types.is_union(kind):
            yield from texts_inside(column.field(place) for place in range(kind.num_fields))
        elif pa.types.is_map(kind):
            yield from texts_inside((column.keys, column.items))
        elif pa.types.is_list(kind):
            yield from texts_inside((column.values,))
