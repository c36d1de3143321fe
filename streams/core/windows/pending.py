"""Rows that wait for their window to close."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, pairwise

import numpy as np
import pyarrow as pa

from streams.core.segments import Segment
from streams.core.windows.keys import Keys, joined
from streams.core.windows.times import FOREVER_MS, NEVER_MS


@dataclass(slots=True)
class _HeldState:
    segment: Segment
    waiting: int


class PendingBuffer:
    """Keys of waiting rows, and the segments that hold the rows: no row is copied before its window closes.

    A row *waits* until `make_ready` is told that nothing with a smaller key can come any more; it is then ready to be
    cut.
    """

    def __init__(self) -> None:
        self._held: dict[int, _HeldState] = {}
        self._waiting: list[tuple[int, int, Keys]] = []
        self._ready: list[Keys] = []
        self._ready_in_time = 0
        self._ready_first = FOREVER_MS
        self._ready_before = NEVER_MS
        self._size = 0
        self._number = count()

    def __len__(self) -> int:
        """Count rows."""
        return self._size

    @property
    def oldest(self) -> int | None:
        """Log offset of the first segment that holds a waiting row."""
        return next(iter(self._held), None)

    def oldest_from(self, log_offset: int) -> int | None:
        """The same, of segments from a log offset on."""
        found = None
        for held in reversed(self._held):
            if held < log_offset:
                break
            found = held
        return found

    def held(self) -> Iterator[tuple[int, Segment]]:
        """Every segment that holds a waiting row, with its log offset."""
        return ((offset, held.segment) for offset, held in self._held.items())

    @property
    def ready_in_time(self) -> int:
        """Ready rows that are not late."""
        return self._ready_in_time

    @property
    def first_slot(self) -> int:
        """The least slot of all rows; FOREVER_MS where there are none."""
        return min(self._ready_first, self._waiting[0][0] if self._waiting else FOREVER_MS)

    def add(self, log_offset: int, segment: Segment, keys: Keys) -> None:
        """Add rows of a segment (not none of them). Segments come in ascending order of log offsets."""
        self._held[log_offset] = _HeldState(segment, len(keys))
        self._size += len(keys)
        self._push(keys)

    def make_ready(self, before_ms: int) -> None:
        """Rows with a slot before `before_ms` are ready, and no others: those that were, wait again."""
        if before_ms < self._ready_before:
            for keys in [self.take_ready()] if self._ready else ():
                self._push(keys)
        self._ready_before = before_ms
        while self._waiting and self._waiting[0][0] < before_ms:
            keys = heapq.heappop(self._waiting)[2]
            early = keys.slots < before_ms
            if not early.all():
                self._push(keys.at(~early))
                keys = keys.at(early)
            self._add_ready(keys)

    def take_ready(self) -> Keys:
        """Take all ready rows, in order; `give_back` those that are not released."""
        ready = joined(self._ready).in_order()
        self._ready, self._ready_in_time, self._ready_first = [], 0, FOREVER_MS
        return ready

    def give_back(self, keys: Keys) -> None:
        """Rows that were taken and stay ready."""
        if len(keys):
            self._add_ready(keys)

    def release(self, keys: Keys) -> tuple[Segment, ...]:
        """Take rows out for good: as segments in log order that hold exactly these rows."""
        self._size -= len(keys)
        return tuple(self._released(part) for part in _by_segment(keys))

    def _push(self, keys: Keys) -> None:
        heapq.heappush(self._waiting, (int(keys.slots.min()), next(self._number), keys))

    def _add_ready(self, keys: Keys) -> None:
        self._ready.append(keys)
        self._ready_in_time += int(np.count_nonzero(~keys.late))
        self._ready_first = min(self._ready_first, int(keys.slots.min()))

    def _released(self, keys: Keys) -> Segment:
        log_offset = int(keys.log_offsets[0])
        held = self._held[log_offset]
        held.waiting -= len(keys)
        if not held.waiting:
            del self._held[log_offset]
        batch = held.segment.batch
        if len(keys) < batch.num_rows:
            batch = batch.take(pa.array(keys.rows))
        return replace(held.segment, batch=_with_moves(batch, keys) if keys.moved.any() else batch)


def _by_segment(keys: Keys) -> Iterator[Keys]:
    """Divide rows by the segment that they are in; within one, in its order."""
    ordered = keys.at(np.lexsort((keys.rows, keys.log_offsets)))
    starts = np.flatnonzero(np.diff(ordered.log_offsets, prepend=-1)).tolist()
    for start, end in pairwise([*starts, len(ordered)]):
        yield ordered.at(slice(start, end))


def _with_moves(batch: pa.RecordBatch, keys: Keys) -> pa.RecordBatch:
    """Say in the rows themselves where and that they were moved."""
    for name, values in (("slot_time", keys.slots), ("late", keys.late)):
        batch = batch.set_column(batch.schema.get_field_index(name), batch.schema.field(name), pa.array(values))
    return batch
