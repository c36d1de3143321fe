"""The concepts of a batch: lists of labels with a value each, as vision models answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.quality.coded import MOST_LABELS, Coded, Codes
from streams.core.reports.whole_numbers import Floats

MOST_CELLS: Final = 2**26
"""Rows x labels above which a table of all probabilities is refused (half a gigabyte)."""


@dataclass(frozen=True)
class Concepts:
    """Ragged lists of (label, value): entry i belongs to row ``row_of[i]``; ``labels`` are the names in order."""

    rows: int
    row_of: Codes
    labels: tuple[str, ...]
    codes: Codes
    values: Floats

    @cached_property
    def strongest(self) -> Coded:
        """The label of the largest value of each row, the first listed of equals; -1 for rows without concepts."""
        codes = np.full(self.rows, -1, np.int64)
        codes[self.sizes > 0] = self.codes[self._from_behind(1)]
        return Coded(self.labels, codes)

    @cached_property
    def confidence(self) -> Floats:
        """The largest value of each row; NaN for rows without concepts."""
        largest = np.full(self.rows, np.nan)
        largest[self.sizes > 0] = self.values[self._from_behind(1)]
        return largest

    @cached_property
    def second(self) -> Floats:
        """The second largest value of each row; 0 where there is only one, NaN where there is none."""
        values = np.where(self.sizes > 0, 0.0, np.nan)
        values[self.sizes > 1] = self.values[self._from_behind(2)]
        return values

    @cached_property
    def sizes(self) -> Codes:
        """How many concepts each row has."""
        return np.bincount(self.row_of, minlength=self.rows)

    @property
    def fit_a_table(self) -> bool:
        """Whether a table of every label's value is small enough to be held."""
        return len(self.labels) <= MOST_LABELS and self.rows * len(self.labels) <= MOST_CELLS

    def by_label(self) -> Mapping[str, Floats]:
        """Each label's value row by row, 0 where it is not listed, NaN where nothing is. Ask ``fit_a_table`` first."""
        table = np.where(self.sizes[:, None] == 0, np.nan, np.zeros((1, len(self.labels))))
        table[self.row_of, self.codes] = self.values
        return dict(zip(self.labels, table.T, strict=True))

    def _from_behind(self, place: int) -> Codes:
        """Entries with the largest (1) or second largest (2) value of each row that has as many."""
        # By row, then by value upward, then from the last listed to the first: the last of each row is its strongest.
        order = np.lexsort((-np.arange(len(self.values)), self.values, self.row_of))
        return order[np.cumsum(self.sizes)[self.sizes >= place] - place]


def read_concepts(lists: pa.ChunkedArray) -> Concepts | None:
    """Concepts from a column of lists of (id, name, value). None where no row has any."""
    if lists.null_count == len(lists):
        return None
    array = lists.combine_chunks()
    flat, row_of = array.flatten(), array.value_parent_indices().to_numpy().astype(np.int64)
    values = flat.field("value").cast(pa.float64()).to_numpy(zero_copy_only=False)
    encoded = pc.coalesce(flat.field("id"), flat.field("name")).dictionary_encode()
    known = np.isfinite(values) & encoded.is_valid().to_numpy(zero_copy_only=False)
    order = pc.array_sort_indices(encoded.dictionary).to_numpy()
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    codes = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)[known]
    return Concepts(
        len(array),
        row_of[known],
        tuple(encoded.dictionary.take(pa.array(order)).to_pylist()),
        places[codes],
        values[known],
    )
