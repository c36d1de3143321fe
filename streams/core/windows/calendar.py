"""Calendars: where the windows of a trigger that looks at the clock begin and end.

Windows tile the time line: each is half-open, `start <= t < end`, and begins where the one before it ends.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from streams.core.windows.cron import CronCalendar
from streams.core.windows.plan import Trigger
from streams.core.windows.times import FOREVER_MS, NEVER_MS, Times


class Calendar(Protocol):
    """Window bounds for arrays of times (epoch milliseconds)."""

    def starts(self, times_ms: Times) -> Times:
        """Start of the window of each time."""
        ...

    def window(self, time_ms: int) -> tuple[int, int]:
        """Start and end of the window of one time."""
        ...


class TumblingCalendar:
    """Windows of a fixed length, aligned to the epoch."""

    def __init__(self, interval_ms: int) -> None:
        self._interval_ms = interval_ms

    def starts(self, times_ms: Times) -> Times:
        """See `Calendar`."""
        return times_ms // self._interval_ms * self._interval_ms

    def window(self, time_ms: int) -> tuple[int, int]:
        """See `Calendar`."""
        start = time_ms // self._interval_ms * self._interval_ms
        return start, start + self._interval_ms


class EndlessCalendar:
    """One window without bounds: for triggers that only count rows."""

    def starts(self, times_ms: Times) -> Times:
        """See `Calendar`."""
        return np.full_like(times_ms, NEVER_MS)

    def window(self, time_ms: int) -> tuple[int, int]:  # noqa: ARG002 - every time has the same window
        """See `Calendar`."""
        return NEVER_MS, FOREVER_MS


def calendar(trigger: Trigger) -> Calendar:
    """The calendar of a trigger. ValueError where a cron expression or time zone is wrong."""
    if trigger.kind == "rows":
        return EndlessCalendar()
    if trigger.kind == "cron":
        return CronCalendar(str(trigger.cron), str(trigger.timezone))
    return TumblingCalendar(int(trigger.interval_ms or 0))
