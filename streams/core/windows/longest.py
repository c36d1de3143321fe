"""How long the windows of a trigger can be: what a log must keep."""

from __future__ import annotations

from streams.core.windows.calendar import calendar
from streams.core.windows.plan import Trigger

_HOUR_MS = 3_600_000
_WEEK_MS = 7 * 24 * _HOUR_MS
_YEAR_MS = 366 * 24 * _HOUR_MS


def longest_window_ms(trigger: Trigger, from_ms: int) -> int | None:
    """The longest window met within a year of `from_ms`; None where only rows close it, however long that
    takes.

    Windows of a cron expression are looked at every six hours for a week, then every five days and a quarter: one that
    is longer than its neighbours is met because it is long.
    """
    if trigger.kind == "rows":
        return None
    if trigger.kind != "cron":
        return trigger.interval_ms
    windows = calendar(trigger)
    longest, time_ms = 0, from_ms
    while time_ms < from_ms + _YEAR_MS:
        start, end = windows.window(time_ms)
        longest = max(longest, end - start)
        step_hours = 6 if time_ms < from_ms + _WEEK_MS else 5 * 24 + 6
        time_ms = max(end, time_ms + step_hours * _HOUR_MS)
    return longest
