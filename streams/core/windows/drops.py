"""Counts of dropped events, by the stretch of time that they fall in.

A dropped event has a slot as a kept one does. Its count goes by *bucket*: the calendar window of its slot;
where rows close windows too, the minute of its slot within that window (a bucket never spans a window's
border).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.core.windows.calendar import Calendar, calendar
from streams.core.windows.plan import Clock, Trigger
from streams.core.windows.slots import Slots
from streams.core.windows.times import Times

MINUTE_MS = 60_000

DropCount = tuple[int, str, int]
"""Bucket (epoch milliseconds of its start), reason, number of events."""


def bucket_starts(slot_times_ms: Times, clock: Clock) -> Times:
    """Start of each slot's bucket."""
    windows = calendar(clock.trigger).starts(slot_times_ms)
    if not clock.trigger.counts_rows:
        return windows
    return np.maximum(windows, slot_times_ms // MINUTE_MS * MINUTE_MS)


def bucket(time_ms: int, trigger: Trigger, bounds: Calendar) -> tuple[int, int]:
    """Start and end of the bucket of one time; `bounds` is the trigger's calendar."""
    start, end = bounds.window(time_ms)
    if not trigger.counts_rows:
        return start, end
    minute = time_ms // MINUTE_MS * MINUTE_MS
    return max(start, minute), min(end, minute + MINUTE_MS)


@dataclass(frozen=True, slots=True)
class Buckets:
    """The distinct buckets of a block's rows (`starts`, ascending) and each row's place among them.

    `places` is None where there is one bucket at most.
    """

    starts: Times
    places: NDArray[np.int64] | None


def buckets(placed: Slots, clock: Clock) -> Buckets:
    """Buckets of all rows of a block. Plans with equal clocks have equal ones: compute them once per block."""
    starts = bucket_starts(placed.times_ms, clock)
    if not len(starts) or starts.min() == starts.max():  # most blocks lie in one bucket: no sort
        return Buckets(starts[:1], None)
    unique, places = np.unique(starts, return_inverse=True)
    return Buckets(unique, places)


def count_drops(reason_codes: NDArray[np.int16], reasons: Sequence[str], found: Buckets) -> list[DropCount]:
    """Count the dropped rows of a block by bucket and reason, in ascending order.

    `reason_codes` has an index into `reasons` for each dropped row and -1 for each kept one.
    """
    width = len(reasons) + 1
    cells = reason_codes.astype(np.intp) + 1
    if found.places is not None:
        cells += found.places * width
    table = np.bincount(cells, minlength=width)
    return [
        (int(found.starts[cell // width]), reasons[cell % width - 1], int(table[cell]))
        for cell in np.flatnonzero(table).tolist()
        if cell % width
    ]
