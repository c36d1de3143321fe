"""The open windows of one plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc

from streams.core.segments import Segment
from streams.core.windows.calendar import calendar
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.counts import CountsBuffer
from streams.core.windows.cuts import CutsBuffer
from streams.core.windows.cutting import Ending, Rules, Waiting, resumes_at
from streams.core.windows.drops import DropCount
from streams.core.windows.keys import Keys, keys_of
from streams.core.windows.pending import PendingBuffer
from streams.core.windows.progress import PlanProgress
from streams.core.windows.readers import ReadersState
from streams.core.windows.times import FOREVER_MS, NEVER_MS
from streams.core.windows.watermarks import Watermarks


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in the log where windows may close: the offset of an account, and the watermarks after it."""

    log_offset: int
    watermarks: Watermarks


class OpenWindowsState:
    """Rows and counts of one plan that are in no closed window yet, and how far its windows are cut.

    Made from progress, whose waiting rows are still to be taken in by `refill`. `changed` says whether
    `progress` may differ from what it was when `changed` was set to False.
    """

    def __init__(self, progress: PlanProgress) -> None:
        self.plan = progress.plan
        self.changed = False
        self._rules = Rules(self.plan, calendar(self.plan.trigger))
        self._rows = PendingBuffer()
        self._counts = CountsBuffer(self.plan.trigger, self._rules.calendar)
        self._counts.add(progress.dropped, NEVER_MS)
        self._cuts = CutsBuffer(progress.cuts)
        self._readers = ReadersState(progress.heard)
        self._sequence = progress.sequence
        self._refill_from = progress.oldest

    @property
    def waiting(self) -> int:
        """Rows in open windows."""
        return len(self._rows)

    @property
    def dropped(self) -> int:
        """Dropped events that are counted in open windows."""
        return len(self._counts)

    @property
    def oldest(self) -> int | None:
        """Log offset of the first segment that holds a waiting row."""
        return self._rows.oldest

    def oldest_from(self, log_offset: int) -> int | None:
        """The same, of segments from a log offset on."""
        return self._rows.oldest_from(log_offset)

    def held(self) -> Iterable[tuple[int, Segment]]:
        """Every segment that holds a waiting row, with its log offset."""
        return self._rows.held()

    def progress(self) -> PlanProgress:
        """What a restart needs to know."""
        self._cuts.forget(self.oldest)
        return PlanProgress(
            plan=self.plan,
            sequence=self._sequence,
            heard=self._readers.entries(),
            oldest=self.oldest,
            waiting=self.waiting,
            cuts=self._cuts.entries(),
            dropped=tuple(self._counts.entries()),
        )

    def add(self, log_offset: int, segment: Segment) -> None:
        """Take a segment in. Rows whose window is closed already go into the open one, late."""
        self._rows.add(log_offset, segment, self._keys(log_offset, segment))
        self._readers.forget()
        self.changed = True

    def refill(self, log_offset: int, segment: Segment) -> None:
        """Take in again what waits of a segment that was taken in before the restart."""
        if self._refill_from is None or log_offset < self._refill_from:
            return
        keys, last = self._keys(log_offset, segment), self._cuts.last
        keys = keys if last is None else keys.at(keys.after(last))
        if len(keys):
            self._rows.add(log_offset, segment, keys)

    def hear(self, partitions: Iterable[int], dropped: Sequence[DropCount], *, served: bool) -> None:
        """An account of these source partitions: whether it names the plan, and its counts of dropped events."""
        last = self._cuts.last
        self._counts.add(dropped, NEVER_MS if last is None or self._rules.by_arrival else last[0])
        news = self._readers.hear(partitions, served=served)
        self.changed |= news or bool(dropped)

    def close(self, moment: Moment) -> list[ClosedWindow]:
        """Close the windows whose end is decided now."""
        before_ms = self._rules.ready_before_ms(moment.watermarks, abandoned=self._readers.abandoned)
        self._rows.make_ready(before_ms)
        closed = self._close(moment, before_ms) if self._may_close(before_ms) else []
        if self._rules.only_counts_rows:
            self._counts.merge(min(before_ms, self._rows.first_slot))
        self.changed |= bool(closed)
        return closed

    def _keys(self, log_offset: int, segment: Segment) -> Keys:
        """Keys of a segment's rows; those at or before the cut that they met are moved behind it."""
        keys = keys_of(segment.batch, log_offset, by_arrival=self._rules.by_arrival)
        cut = self._cuts.in_force(log_offset)
        if cut is None:
            return keys
        moved = ~keys.after(cut)
        if not moved.any():
            return keys
        return replace(keys, slots=np.where(moved, resumes_at(cut), keys.slots), late=keys.late | moved, moved=moved)

    def _may_close(self, before_ms: int) -> bool:
        """Cheap, for it is asked at every account: rows are put in order only where a window closes."""
        counts = self._counts.first
        first_ms = min(self._rows.first_slot, FOREVER_MS if counts is None else counts[0])
        if first_ms == FOREVER_MS or before_ms == NEVER_MS:
            return False
        if self._rules.rows is not None and self._rows.ready_in_time >= self._rules.rows:
            return True
        drains = self._readers.abandoned and self._rules.only_counts_rows
        return drains or before_ms >= self._rules.calendar.window(first_ms)[1]

    def _close(self, moment: Moment, before_ms: int) -> list[ClosedWindow]:
        ready, closed = self._rows.take_ready(), []
        while (end := self._ending(ready, before_ms)) is not None:
            closed.append(self._closed(moment, ready.at(slice(0, end.rows)), end))
            if end.cut is not None:
                self._cuts.append(moment.log_offset, end.cut)
            ready = ready.at(slice(end.rows, None))
        self._rows.give_back(ready)
        return closed

    def _ending(self, ready: Keys, before_ms: int) -> Ending | None:
        waiting = Waiting(ready, self._counts.first, self._counts.end_ms)
        return self._rules.ending(waiting, before_ms, abandoned=self._readers.abandoned)

    def _closed(self, moment: Moment, keys: Keys, end: Ending) -> ClosedWindow:
        segments = self._rows.release(keys)
        start_ms, end_ms = self._bounds(segments, end)
        window = ClosedWindow(
            plan=self.plan,
            source_topic=moment.watermarks.source_topic,
            start_ms=start_ms,
            end_ms=end_ms,
            sequence=self._sequence,
            segments=segments,
            dropped=self._counts.release(end.counts_to_ms),
        )
        self._sequence += self._rules.rows is not None
        return window

    def _bounds(self, segments: Sequence[Segment], end: Ending) -> tuple[int, int]:
        if self._rules.by_arrival and segments:  # keys are places in the log: look at the rows themselves
            extremes = [pc.min_max(segment.batch["slot_time"]).as_py() for segment in segments]
            return min(one["min"] for one in extremes), max(one["max"] for one in extremes)
        last = self._cuts.last
        return end.start_ms if last is None or self._rules.by_arrival else max(end.start_ms, last[0]), end.end_ms
