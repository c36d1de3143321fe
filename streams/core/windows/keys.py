"""The order of rows within a plan, and cuts through it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.windows.times import NEVER_MS, Mask

KEY_COLUMNS = ("slot_time", "partition", "offset", "index")


class Key(NamedTuple):
    """Where a row stands: by slot, then source partition, offset, position within the message."""

    slot_ms: int
    partition: int = -1
    offset: int = -1
    index: int = -1


BEGINNING = Key(NEVER_MS)


def up_to(rows: pa.RecordBatch, cut: Key) -> Mask:
    """Mark rows whose key is at or before `cut`."""
    reached = np.ones(len(rows), np.bool_)
    for name, bound in zip(reversed(KEY_COLUMNS), reversed(cut), strict=True):
        values = rows[name].to_numpy()
        reached = (values < bound) | ((values == bound) & reached)
    return reached


def nth_key(batches: list[pa.RecordBatch], chosen: list[Mask], number: int) -> Key:
    """The key of the `number`-th (from 1) of the chosen rows in order. There have to be as many."""
    columns: list[NDArray[np.int64]] = [
        np.concatenate([batch[name].to_numpy()[mask] for batch, mask in zip(batches, chosen, strict=True)])
        for name in KEY_COLUMNS
    ]
    row = np.lexsort(columns[::-1])[number - 1]
    return Key(*(int(column[row]) for column in columns))
