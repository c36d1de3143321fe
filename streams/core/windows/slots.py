"""Slots: where rows stand in time, and which are late. Decided in the collect stage from each source
partition's log alone.

The *time* of a row is its event time, but never past its record time (a producer whose clock runs ahead cannot hold
windows open), or the record time where a collector asks for ingest time. M is the largest time among the *earlier*
events of the row's source partition, W = M - allowed lateness the partition's watermark when the row came.

A row is late where its calendar window ended at or before W; where rows close windows too, already where its time is
before W. Its *slot* is its time, or W where it is late: then it is kept beside the window that was open when it came.
Therefore no row ever has a slot in a window that its own partition's watermark has passed, and none that follows has a
slot before W.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from streams.core.events.block import EventBlock
from streams.core.windows.calendar import calendar
from streams.core.windows.plan import Clock
from streams.core.windows.times import NEVER_MS, Mask, Times


@dataclass(frozen=True, slots=True)
class Maxima:
    """The largest times that a source partition has shown: event time (never past record time) and record time."""

    event_ms: int = NEVER_MS
    ingest_ms: int = NEVER_MS


@dataclass(frozen=True, slots=True)
class Timeline:
    """A block's rows in time: per row its time and M, by event time and by ingest time.

    `maxima` has, for each source partition of the block, the maxima after the block.
    """

    event_times_ms: Times
    event_maxima_ms: Times
    ingest_times_ms: Times
    ingest_maxima_ms: Times
    maxima: Mapping[int, Maxima]


@dataclass(frozen=True)
class Slots:
    """Per row of a block: its slot (epoch milliseconds) and whether it is late."""

    times_ms: Times
    late: Mask

    @cached_property
    def columns(self) -> Mapping[str, pa.Array]:
        """The same as Arrow columns, by their names in segments."""
        return {"slot_time": pa.array(self.times_ms), "late": pa.array(self.late)}


def timeline(block: EventBlock, before: Mapping[int, Maxima]) -> Timeline:
    """Place a block's rows in time.

    `before` has the maxima of source partitions as they were before the block; a partition that is missing has shown
    nothing. Rows of a partition stand in the order of its log; partitions may interleave. How a log is divided into
    blocks does not show.
    """
    event_times = np.minimum(block.event_times_ms, block.record_times_ms)
    ingest_times = block.record_times_ms
    event_maxima, ingest_maxima = np.empty_like(event_times), np.empty_like(ingest_times)
    after: dict[int, Maxima] = {}
    for partition in np.unique(block.partitions).tolist():
        rows = np.flatnonzero(block.partitions == partition)
        known = before.get(partition, Maxima())
        event_maxima[rows], event_after = _running(event_times[rows], known.event_ms)
        ingest_maxima[rows], ingest_after = _running(ingest_times[rows], known.ingest_ms)
        after[partition] = Maxima(event_after, ingest_after)
    return Timeline(event_times, event_maxima, ingest_times, ingest_maxima, after)


def slots(line: Timeline, clock: Clock) -> Slots:
    """Slots by the clock of a plan. Plans with equal clocks have equal slots: compute them once per block."""
    by_event = clock.time == "event"
    times = line.event_times_ms if by_event else line.ingest_times_ms
    if clock.order == "arrival":
        return Slots(times, np.zeros(len(times), np.bool_))
    watermarks = (line.event_maxima_ms if by_event else line.ingest_maxima_ms) - clock.allowed_lateness_ms
    late = times < watermarks
    if late.any() and not clock.trigger.counts_rows:
        late[late] = times[late] < calendar(clock.trigger).starts(watermarks[late])
    return Slots(np.where(late, watermarks, times) if late.any() else times, late)


def _running(times: Times, before: int) -> tuple[Times, int]:
    """Per time the maximum of `before` and all earlier times, and the maximum after the last."""
    inclusive = np.maximum.accumulate(np.concatenate(([before], times)))
    return inclusive[:-1], int(inclusive[-1])
