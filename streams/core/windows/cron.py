"""Calendar windows: bounds are the times of a cron expression in a time zone, as Debian's cron has them.

Where clocks go forward, a fixed time that is skipped comes right after the gap; where they go back, it comes once,
while `*` in minutes or hours runs through both passes (see cronsim).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from cronsim import CronSim, CronSimError

from streams.core.windows.times import FOREVER_MS, NEVER_MS, Times

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DAY_MS = 24 * 60 * 60 * 1000
# A time is found from at least this far before it: where clocks change, cronsim's answer depends on where
# it starts.
_RUN_UP = timedelta(hours=3)
# Python's calendar and cronsim's search both end: beyond these days (1800-01-01, 9800-01-01) lies one window each.
_FIRST_DAY, _LAST_DAY = -62_091, 2_859_849


class CronCalendar:
    """Windows between one time of a cron expression and the next. ValueError where the expression or zone is wrong."""

    def __init__(self, expression: str, timezone: str) -> None:
        self._expression, self._timezone = expression, timezone
        _zone(timezone)
        self.window(0)

    def starts(self, times_ms: Times) -> Times:
        """See `Calendar`."""
        days = times_ms // _DAY_MS
        starts = np.empty_like(times_ms)
        for day in np.unique(days).tolist():
            bounds = _bounds(self._expression, self._timezone, day)
            of_day = days == day
            starts[of_day] = bounds[np.searchsorted(bounds, times_ms[of_day], side="right") - 1]
        return starts

    def window(self, time_ms: int) -> tuple[int, int]:
        """See `Calendar`."""
        bounds = _bounds(self._expression, self._timezone, time_ms // _DAY_MS)
        after = int(np.searchsorted(bounds, time_ms, side="right"))
        return int(bounds[after - 1]), int(bounds[after])


@lru_cache(maxsize=1024)
def _bounds(expression: str, timezone: str, day: int) -> Times:
    """Window bounds around a UTC day (days since the epoch): the last at or before it, all within it, the first after
    it.
    """
    zone = _zone(timezone)
    if day < _FIRST_DAY:
        return np.concatenate(([NEVER_MS], _bounds(expression, timezone, _FIRST_DAY)))
    if day > _LAST_DAY:
        return np.concatenate((_bounds(expression, timezone, _LAST_DAY), [FOREVER_MS]))
    first, last = day * _DAY_MS, (day + 1) * _DAY_MS
    start = _EPOCH + timedelta(days=day, milliseconds=1)
    while True:
        start = next(_times(expression, start, zone, reverse=True))
        bounds: list[int] = []
        for time in _times(expression, start - _RUN_UP, zone):
            bounds.append((time - _EPOCH) // _MS)
            if bounds[-1] >= last:
                break
        # Backward steps may hit a time that forward steps do not know: the bounds are those met going
        # forward.
        if bounds[0] <= first:
            return np.array(sorted(set(bounds)), np.int64)


def _times(expression: str, start: datetime, zone: ZoneInfo, *, reverse: bool = False) -> Iterator[datetime]:
    """Times of the expression after `start` (before it, where `reverse`), in UTC."""
    try:
        for time in CronSim(expression, start.astimezone(zone), reverse=reverse):
            yield time.astimezone(UTC)
    except CronSimError as error:
        raise ValueError(
            f"cron expression {expression!r}: {error}; give minute, hour, day of month, month and day of week"
        ) from error
    raise ValueError(f"cron expression {expression!r} names no time within 50 years; choose days that exist")


def _zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"timezone {name!r} is not known; give an IANA name such as 'Europe/Berlin' or 'UTC'"
        ) from error
