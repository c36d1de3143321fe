"""Windows that ended without a row: from the calendar, the log's watermark and the windows that did come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from streams.core.alerts.alert import Alert
from streams.core.alerts.rules import RuleProgress, well, worse
from streams.core.collectors.alerts import AlertRule
from streams.core.ids import alert_id
from streams.core.windows.calendar import Calendar
from streams.core.windows.times import NEVER_MS

COUNTED_AT_MOST = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MissingProgress(msgspec.Struct, frozen=True):
    """What is known of one collector's windows. The decision about every window before `settled_ms` (the bound of one;
    None before anything is known) has been made; the last `streak` of them, from `since_ms` on, had no row.
    """

    settled_ms: int | None = None
    since_ms: int | None = None
    streak: int = 0
    rules: dict[str, RuleProgress] = {}


def ended(progress: MissingProgress, calendar: Calendar, until_ms: int) -> MissingProgress:
    """Every window that ends by `until_ms` has ended: those that are not settled had no row.

    Windows are expected from the first call on. Beyond a thousand at once they are not counted any more.
    """
    if until_ms == NEVER_MS:
        return progress
    settled_ms, streak = progress.settled_ms, progress.streak
    if settled_ms is None:
        return msgspec.structs.replace(progress, settled_ms=calendar.window(until_ms)[0])
    since_ms, most = (settled_ms if progress.since_ms is None else progress.since_ms), streak + COUNTED_AT_MOST
    while (end_ms := calendar.window(settled_ms)[1]) <= until_ms and streak < most:
        settled_ms, streak = end_ms, streak + 1
    if streak == progress.streak:
        return progress
    if streak == most:
        settled_ms = max(settled_ms, calendar.window(until_ms)[0])
    return msgspec.structs.replace(progress, settled_ms=settled_ms, since_ms=since_ms, streak=streak)


def came(progress: MissingProgress, calendar: Calendar, start_ms: int) -> MissingProgress:
    """The window that `start_ms` lies in has rows. Call `ended` with its start before."""
    settled_ms = max(progress.settled_ms or NEVER_MS, calendar.window(start_ms)[1])
    rules = {name: well(each) for name, each in progress.rules.items()}
    return MissingProgress(settled_ms=settled_ms, rules=rules)


def missed(
    progress: MissingProgress, collector_id: str, rules: Sequence[AlertRule], at_ms: int, *, silent: bool = False
) -> tuple[MissingProgress, tuple[Alert, ...]]:
    """The alerts that a grown streak gives at `at_ms`; `silent` where the log itself brings nothing any more."""
    remembered, alerts = dict(progress.rules), []
    for rule in rules:
        before = remembered.get(rule.name, RuleProgress())
        if rule.watches_windows and progress.streak > before.streak:
            remembered[rule.name], alerted = worse(before, rule, progress.streak, at_ms)
            alerts += [_alert(progress, collector_id, rule, at_ms, silent=silent)] if alerted else []
    return msgspec.structs.replace(progress, rules=remembered), tuple(alerts)


def _alert(progress: MissingProgress, collector_id: str, rule: AlertRule, at_ms: int, *, silent: bool) -> Alert:
    since_ms, settled_ms = progress.since_ms or 0, progress.settled_ms or 0
    windows = "1 window" if progress.streak == 1 else f"{progress.streak} windows"
    why = "; nothing is written to the log any more: does the collect stage run?" if silent else ""
    return Alert(
        id=alert_id(collector_id, rule.name, f"missing {since_ms} {settled_ms}"),
        collector_id=collector_id,
        rule=rule.name,
        reasons=("missing",),
        streak=progress.streak,
        at_ms=at_ms,
        start_ms=since_ms,
        end_ms=settled_ms,
        text=f"{collector_id}: {windows} without a row, from {_written(since_ms)} to {_written(settled_ms)}{why}",
    )


def _written(time_ms: int) -> str:
    try:
        return f"{_EPOCH + timedelta(milliseconds=time_ms):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        return f"{time_ms} ms"
