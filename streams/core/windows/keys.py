"""Sort keys of waiting rows, as columns: what cutting looks at, while the rows themselves stay in their
segments.

Rows are ordered by (slot, partition, offset, index), which is total: no two events share their last three. Where a plan
asks for the order of arrival, the place in the `collected` log takes their place: (log offset, 0, row, 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.windows.times import Mask, Times

Cut = tuple[int, int, int, int]
"""Up to and including which key the rows of closed windows go."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One entry per waiting row. `log_offsets` and `rows` say where the row is: in which segment, and at which place.

    `late` rows are kept beside a batch; `moved` ones are late because they came when their window was closed already.
    """

    slots: Times
    partitions: NDArray[np.int32]
    offsets: NDArray[np.int64]
    indexes: NDArray[np.int32]
    late: Mask
    moved: Mask
    log_offsets: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        """Count rows."""
        return len(self.slots)

    def at(self, places: NDArray[np.int64] | Mask | slice) -> Keys:
        """The entries at places, where a mask is true, or in a slice (then without copying)."""
        return Keys(*(getattr(self, field.name)[places] for field in fields(self)))

    def key(self, place: int) -> Cut:
        """The sort key of one entry."""
        return (
            int(self.slots[place]),
            int(self.partitions[place]),
            int(self.offsets[place]),
            int(self.indexes[place]),
        )

    def in_order(self) -> Keys:
        """The entries in ascending order of their keys."""
        return self.at(np.lexsort((self.indexes, self.offsets, self.partitions, self.slots)))

    def after(self, cut: Cut) -> Mask:
        """Which entries lie behind a cut."""
        slot, partition, offset, index = cut
        last = (self.offsets == offset) & (self.indexes > index)
        tied = (self.partitions > partition) | ((self.partitions == partition) & ((self.offsets > offset) | last))
        behind: Mask = (self.slots > slot) | ((self.slots == slot) & tied)
        return behind


def keys_of(batch: pa.RecordBatch, log_offset: int, *, by_arrival: bool) -> Keys:
    """Keys of a segment's rows (columns as `segments.COLUMNS`)."""
    count = batch.num_rows
    rows, nothing = np.arange(count), np.zeros(count, np.int32)
    log_offsets, moved = np.full(count, log_offset), np.zeros(count, np.bool_)
    late = batch["late"].to_numpy(zero_copy_only=False)
    if by_arrival:
        return Keys(log_offsets, nothing, rows, nothing, late, moved, log_offsets, rows)
    slots, partitions, offsets, indexes = (
        batch[name].to_numpy() for name in ("slot_time", "partition", "offset", "index")
    )
    return Keys(slots, partitions, offsets, indexes, late, moved, log_offsets, rows)


def joined(parts: Sequence[Keys]) -> Keys:
    """Entries of several parts, one after the other."""
    if not parts:
        return _none()
    if len(parts) == 1:
        return parts[0]
    return Keys(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Keys)))


def _none() -> Keys:
    longs, shorts, flags = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.bool_)
    return Keys(longs, shorts, longs, shorts, flags, flags, longs, longs)
