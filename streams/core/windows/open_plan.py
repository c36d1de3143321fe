"""The open windows of one plan: what came, what was cut off, and when to cut next.

A plan's rows form one ordered sequence. A *cut* is a key in it: all rows up to it are in batches. Cuts only
go forward. A row that comes
behind the last cut (only an idle partition brings such) is late and joins the window that is open now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pyarrow as pa

from streams.core.segments import Segment
from streams.core.windows.calendar import Calendar, calendar
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.drops import DropCount, bucket
from streams.core.windows.keys import BEGINNING, Key, up_to
from streams.core.windows.pending import PendingState
from streams.core.windows.plan import WindowPlan
from streams.core.windows.times import FOREVER_MS


class PlanProgress(msgspec.Struct, frozen=True):
    """What survives a restart beside the log. `oldest` is the log offset of the oldest rows in no batch yet.

    `cuts` are the cuts since then with the log offset at which each was made, and the one before.
    """

    plan: WindowPlan
    sequence: int
    oldest: int | None
    cuts: list[tuple[int, tuple[int, int, int, int]]]
    counts: list[DropCount]


@dataclass(slots=True)
class OpenPlanState:
    """A fold: `add` and `count` take records in, `close` cuts what the watermark allows."""

    plan: WindowPlan
    sequence: int = 0
    _cuts: list[tuple[int, Key]] = field(default_factory=lambda: [(-1, BEGINNING)])
    _counts: dict[int, Counter[str]] = field(default_factory=dict)
    _oldest: int | None = None
    _calendar: Calendar = field(init=False)
    _pending: PendingState = field(init=False)

    def __post_init__(self) -> None:
        self._calendar = calendar(self.plan.trigger)
        self._pending = PendingState(self._calendar)

    @property
    def rows(self) -> int:
        """Rows in no batch yet."""
        return self._pending.rows()

    def add(self, log_offset: int, segment: Segment) -> None:
        """Take a segment in."""
        self._pending.add(log_offset, _placed(log_offset, segment, self._cuts[-1][1]))

    def refill(self, log_offset: int, segment: Segment) -> None:
        """Take a segment in again after a restart: only rows that no batch has, placed as they were the first
        time.
        """
        if self._oldest is None or log_offset < self._oldest:
            return
        cut_then = next(cut for offset, cut in reversed(self._cuts) if offset < log_offset)
        placed = _placed(log_offset, segment, cut_then)
        last_offset, last = self._cuts[-1]
        if last_offset > log_offset:
            rest = placed.batch.filter(pa.array(~up_to(placed.batch, last)))
            placed = Segment(placed.plan, placed.encoding, rest)
        self._pending.add(log_offset, placed)

    def count(self, drops: list[DropCount]) -> None:
        """Take counts of dropped events in; those of a bucket that is closed go to the window that is open
        now.
        """
        cut_ms = self._cuts[-1][1].slot_ms
        for bucket_ms, reason, number in drops:
            _, end = bucket(bucket_ms, self.plan.trigger, self._calendar)
            self._counts.setdefault(bucket_ms if end > cut_ms else cut_ms, Counter())[reason] += number

    def close(self, watermark_ms: int, log_offset: int, source_topic: str) -> Iterator[ClosedWindow]:
        """Cut every window that is complete at this watermark, in order; `log_offset` is that of the record
        that moved it.
        """
        while True:
            first = self._first_ms()
            if first is None:
                return
            start, end = self._calendar.window(first)
            cut = self._full(start, min(watermark_ms, end))
            if cut is None and (watermark_ms < end or end == FOREVER_MS):
                return
            yield self._close(start, end, cut, log_offset, source_topic)

    def progress(self) -> PlanProgress:
        """What to keep for a restart."""
        self._oldest = self._pending.oldest()
        until = FOREVER_MS if self._oldest is None else self._oldest
        before = sum(offset < until for offset, _ in self._cuts)
        self._cuts = self._cuts[before - 1 :]
        return PlanProgress(
            self.plan,
            self.sequence,
            self._oldest,
            [(offset, tuple(cut)) for offset, cut in self._cuts],
            [(at, reason, n) for at, reasons in sorted(self._counts.items()) for reason, n in sorted(reasons.items())],
        )

    def _first_ms(self) -> int | None:
        """The earliest slot of a row or bucket that is in no batch yet."""
        times = [self._pending.first_ms(), min(self._counts, default=None)]
        return min((time for time in times if time is not None), default=None)

    def _full(self, window_start: int, before_ms: int) -> Key | None:
        if not self.plan.counts_rows:
            return None
        return self._pending.nth(window_start, self.plan.trigger.rows or 0, before_ms)

    def _close(self, start: int, end: int, full: Key | None, log_offset: int, source_topic: str) -> ClosedWindow:
        segments = self._pending.take(start, full)
        cut = full or Key(end)
        self._cuts.append((log_offset, cut))
        dropped = self._released(FOREVER_MS if self.plan.order == "arrival" else cut.slot_ms)
        sequence = self.sequence
        if self.plan.counts_rows:
            self.sequence += 1
        if end == FOREVER_MS:
            start, end = _bounds(segments)
        return ClosedWindow(self.plan, source_topic, start, end, sequence, segments, dropped)

    def _released(self, until_ms: int) -> Counter[str]:
        """Remove and add up the counts of all buckets that end at or before a time."""
        released: Counter[str] = Counter()
        for at in sorted(self._counts):
            if bucket(at, self.plan.trigger, self._calendar)[1] <= until_ms:
                released.update(self._counts.pop(at))
        return released


def restored(progress: PlanProgress) -> OpenPlanState:
    """An open plan as it was, but for its rows, which are read from the log again."""
    state = OpenPlanState(progress.plan, progress.sequence)
    state._cuts = [(offset, Key(*cut)) for offset, cut in progress.cuts]  # noqa: SLF001 - another way to make one
    state._oldest = progress.oldest  # noqa: SLF001
    for at, reason, number in progress.counts:
        state._counts.setdefault(at, Counter())[reason] += number  # noqa: SLF001
    return state


def _placed(log_offset: int, segment: Segment, cut: Key) -> Segment:
    """A segment with the slots that its rows have here: by arrival, or behind the cut where they come after
    it.
    """
    if segment.plan.order == "arrival":
        return _slotted(segment, np.full(len(segment.batch), log_offset), segment.batch["late"])
    behind = up_to(segment.batch, cut)
    if not behind.any():
        return segment
    slots = np.where(behind, cut.slot_ms, segment.batch["slot_time"].to_numpy())
    late = segment.batch["late"].to_numpy(zero_copy_only=False) | behind
    return _slotted(segment, slots, pa.array(late))


def _slotted(segment: Segment, slots: np.ndarray, late: pa.Array) -> Segment:
    names = segment.batch.schema.names
    rows = segment.batch.set_column(names.index("slot_time"), "slot_time", pa.array(slots, pa.int64()))
    return Segment(segment.plan, segment.encoding, rows.set_column(names.index("late"), "late", late))


def _bounds(segments: tuple[Segment, ...]) -> tuple[int, int]:
    """First event time and end of the last one, for windows that only rows close."""
    times = np.concatenate([segment.batch["event_time"].to_numpy() for segment in segments])
    return int(times.min()), int(times.max()) + 1
