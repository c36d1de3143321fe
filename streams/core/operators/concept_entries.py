"""Rows of concepts, taken apart and put together again without a loop."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.block import ConceptColumn


def offsets_of(rows: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return the `size + 1` offsets of entries whose row numbers, ascending, are `rows`."""
    offsets = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=size), out=offsets[1:])
    return offsets


def kept_entries(concepts: ConceptColumn, keep: NDArray[np.bool_]) -> ConceptColumn:
    """Return the entries where `keep` (one bool per entry) is True, in their rows and order."""
    places = np.flatnonzero(keep)
    chosen = pa.array(places)
    return ConceptColumn(
        offsets=offsets_of(concepts.row_of[places], len(concepts.counts)),
        ids=concepts.ids.take(chosen),
        names=concepts.names.take(chosen),
        values=concepts.values[places],
    )
