"""Keys and values of objects, an entry each: flat columns without a cell for every row and key.

Keys are data here, from the decoder to the column's name: no query and no schema is ever written from them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, null_rows
from streams.core.events.arrow_scalars import missing_from_arrow
from streams.core.events.arrow_values import taken
from streams.core.events.scalars import present_rows

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries by column: `names[i]` owns those from `starts[i]` to `starts[i + 1]`, its `rows` ascending, each once.

    `values` are JSON texts where `is_json`, else Arrow values of any type; either may be missing (JSON's null, null).
    """

    names: tuple[str, ...]
    starts: Rows
    rows: Rows
    values: pa.Array
    is_json: bool

    @property
    def present(self) -> Mask:
        """Entries with a value."""
        return present_rows(self.values) if self.is_json else ~missing_from_arrow(self.values)

    def counts(self) -> dict[str, int]:
        """Rows with a value, by column."""
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.present)])
        return dict(zip(self.names, np.diff(before[self.starts]).tolist(), strict=True))

    def without(self, names: Collection[str]) -> Entries:
        """The entries of all other columns."""
        return self.only([place for place, name in enumerate(self.names) if name not in names])

    def only(self, places: list[int]) -> Entries:
        """The entries of some columns, by their places in `names`."""
        if len(places) == len(self.names):
            return self
        lengths = np.diff(self.starts)
        chosen = np.zeros(len(self.names), np.bool_)
        chosen[places] = True
        at = np.flatnonzero(np.repeat(chosen, lengths))
        names = tuple(self.names[place] for place in np.flatnonzero(chosen).tolist())
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[chosen])])
        return replace(self, names=names, starts=starts, rows=self.rows[at], values=taken(self.values, pa.array(at)))

    @property
    def codes(self) -> Rows:
        """The place in `names` of each entry."""
        return np.repeat(np.arange(len(self.names)), np.diff(self.starts))


def entries_of_lists(prefix: str, rows: Rows, keys: pa.ListArray, texts: pa.ListArray) -> Entries:
    """Entries of JSON objects: for each of `rows` the object's keys, and the JSON texts of their values beside them."""
    of_keys, of_texts = (listed.value_lengths().fill_null(0).to_numpy() for listed in (keys, texts))
    if (of_keys != of_texts).any():
        raise ValueError("a JSON object with more keys than values")
    return _entries(prefix, np.repeat(rows, of_keys), keys.flatten(), texts.flatten(), is_json=True)


def entries_of_map(prefix: str, column: pa.MapArray) -> Entries:
    """Entries of a column of maps, one map a row."""
    offsets = column.offsets.to_numpy()
    rows = np.repeat(np.arange(len(column)), np.diff(offsets))
    at = np.arange(offsets[0], offsets[-1])
    if column.null_count:
        there = ~null_rows(column)[rows]
        rows, at = rows[there], at[there]
    places = pa.array(at)
    return _entries(prefix, rows, column.keys.take(places), taken(column.items, places), is_json=False)


def _entries(prefix: str, rows: Rows, keys: pa.Array, values: pa.Array, *, is_json: bool) -> Entries:
    """Group by key; of a key that a row has twice, the first entry counts."""
    encoded = keys.cast(pa.string()).dictionary_encode()
    codes = encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    codes, rows = codes[order], rows[order]
    again = np.zeros(len(order), np.bool_)
    again[1:] = (codes[1:] == codes[:-1]) & (rows[1:] == rows[:-1])
    if again.any():
        order, codes, rows = order[~again], codes[~again], rows[~again]
    names = tuple(f"{prefix}{key}" for key in encoded.dictionary.to_pylist())
    starts = np.searchsorted(codes, np.arange(len(names) + 1))
    return Entries(names, starts, rows, taken(values, pa.array(order)), is_json)
