"""Where an open window ends: the rules, over rows in order.

Let t be the first slot that a row or a dropped event has, and E the end of its calendar window (none for a trigger that
only counts rows). 1. With n rows in time before E, the window ends with the n-th. 2. Otherwise it ends at E, once the
watermark has reached E. 3. Otherwise it stays open. Only rows before the watermark are looked at, and none can come
before it: so what is cut does not depend on when one looks.

Two kinds of plan do not wait for the watermark: those in order of arrival; and those that only count rows once nobody
serves them any more, whose remainder is then closed too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from streams.core.windows.calendar import Calendar
from streams.core.windows.keys import Cut, Keys
from streams.core.windows.plan import WindowPlan
from streams.core.windows.times import ALL_MS, FOREVER_MS, NEVER_MS, Mask
from streams.core.windows.watermarks import Watermarks


@dataclass(frozen=True, slots=True)
class Ending:
    """The first `rows` ready rows belong to the window, and the counts of buckets that end at or before
    `counts_to_ms`.

    `cut` is the last key that belongs to it, or may; None where it has counts alone and there is nothing to cut.
    `start_ms` is where its calendar window begins; where it has none, where its own rows and counts begin (later counts
    of the same minute may be known already, or not yet). `end_ms` is where the window ends.
    """

    rows: int
    cut: Cut | None
    start_ms: int
    end_ms: int
    counts_to_ms: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a plan has to cut: ready rows in order; start and end of the first bucket of counts and end of the last,
    None without counts.
    """

    ready: Keys
    first_counts_ms: tuple[int, int] | None
    counts_to_ms: int | None

    def first_ms(self, counts_to_ms: int = FOREVER_MS) -> int | None:
        """t, of rows and of counts whose bucket ends at or before a time; None where nothing waits."""
        times = [int(slot) for slot in self.ready.slots[:1]]
        if self.first_counts_ms is not None and self.first_counts_ms[1] <= counts_to_ms:
            times.append(self.first_counts_ms[0])
        return min(times, default=None)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one plan."""

    plan: WindowPlan
    calendar: Calendar

    @property
    def by_arrival(self) -> bool:
        """Whether rows go by their place in the log."""
        return self.plan.order == "arrival"

    @property
    def only_counts_rows(self) -> bool:
        """Whether time never closes a window."""
        return self.plan.trigger.kind == "rows"

    @property
    def rows(self) -> int | None:
        """How many rows in time close a window; None where they do not."""
        return self.plan.trigger.rows if self.plan.trigger.counts_rows else None

    def ready_before_ms(self, watermarks: Watermarks, *, abandoned: bool) -> int:
        """The slot before which rows may be cut. NEVER_MS while that is unknown."""
        if self.by_arrival or (abandoned and self.only_counts_rows):
            return ALL_MS
        watermark_ms = watermarks.at(self.plan.time, self.plan.allowed_lateness_ms)
        if watermark_ms == NEVER_MS or self.plan.trigger.counts_rows:
            return watermark_ms
        return self.calendar.window(watermark_ms)[0]  # nothing closes between two bounds

    def ending(self, waiting: Waiting, ready_before_ms: int, *, abandoned: bool) -> Ending | None:
        """Where the first open window ends, or None while that is undecided."""
        first_ms = waiting.first_ms()
        if first_ms is None:
            return None
        start_ms, end_ms = self.calendar.window(first_ms)
        found = _by_rows(waiting.ready, self.rows, end_ms) or _by_time(waiting.ready, end_ms, ready_before_ms)
        if found is None and abandoned and self.only_counts_rows:
            found = _remainder(waiting)
        if found is None:
            return None
        counts_to_ms = FOREVER_MS if self.by_arrival else found.counts_to_ms
        if start_ms == NEVER_MS:
            own_ms = waiting.first_ms(counts_to_ms)
            start_ms = first_ms if own_ms is None else own_ms
        return replace(found, start_ms=start_ms, counts_to_ms=counts_to_ms)


def _by_rows(ready: Keys, rows: int | None, end_ms: int) -> Ending | None:
    before_end = int(np.searchsorted(ready.slots, end_ms))
    nth = None if rows is None else nth_in_time(ready.late[:before_end], rows)
    if nth is None:
        return None
    cut = ready.key(nth - 1)
    return Ending(nth, cut, NEVER_MS, cut[0], cut[0])


def _by_time(ready: Keys, end_ms: int, watermark_ms: int) -> Ending | None:
    if watermark_ms < end_ms:
        return None
    return Ending(int(np.searchsorted(ready.slots, end_ms)), (end_ms, -1, -1, -1), NEVER_MS, end_ms, end_ms)


def _remainder(waiting: Waiting) -> Ending:
    if not len(waiting.ready):
        return Ending(0, None, NEVER_MS, waiting.counts_to_ms or 0, FOREVER_MS)
    cut = waiting.ready.key(len(waiting.ready) - 1)
    return Ending(len(waiting.ready), cut, NEVER_MS, cut[0], FOREVER_MS)


def resumes_at(cut: Cut) -> int:
    """The first slot that lies wholly behind a cut: where rows go that come when their window is closed
    already.
    """
    return cut[0] if cut[1] < 0 else cut[0] + 1


def nth_in_time(late: Mask, n: int) -> int | None:
    """How many rows it takes to have `n` that are not late, or None where there are not so many."""
    taken = n
    while taken <= len(late):
        missing = n - int(np.count_nonzero(~late[:taken]))
        if not missing:
            return taken
        taken += missing
    return None
