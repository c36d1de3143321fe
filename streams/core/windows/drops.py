"""Counts of dropped events, by the stretch of time that they fall in.

A dropped event has a slot as a kept one does. Its count goes by *bucket*: the calendar window of its slot;
where rows close windows too, the minute of its slot within that window (a bucket never spans a window's
border).
"""

from __future__ import annotations

from collections.abc import Sequence

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
    """Start of each slot's bucket. Plans with equal clocks have equal buckets: compute them once per block."""
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


def count_drops(
    reason_codes: NDArray[np.int16], reasons: Sequence[str], placed: Slots, clock: Clock
) -> list[DropCount]:
    """Count the dropped rows of a block by bucket and reason, in ascending order.

    `reason_codes` has an index into `reasons` for each dropped row and -1 for each kept one.
    """
    dropped = reason_codes >= 0
    codes = reason_codes[dropped].astype(np.int64)
    if not len(codes):
        return []
    starts = bucket_starts(placed.times_ms[dropped], clock)
    unique, places = _distinct(starts)
    table = np.bincount(places * len(reasons) + codes, minlength=len(unique) * len(reasons))
    return [
        (int(unique[cell // len(reasons)]), reasons[cell % len(reasons)], int(table[cell]))
        for cell in np.flatnonzero(table).tolist()
    ]


def _distinct(starts: Times) -> tuple[Times, NDArray[np.int64]]:
    """Distinct values in ascending order, and each row's place among them."""
    if starts.min() == starts.max():  # most blocks lie in one bucket: no sort
        return starts[:1], np.zeros(len(starts), np.int64)
    unique, places = np.unique(starts, return_inverse=True)
    return unique, places
