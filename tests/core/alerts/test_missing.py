import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.alerts.alert import Alert
from streams.core.alerts.missing import COUNTED_AT_MOST, MissingProgress, came, ended, missed
from streams.core.collectors.alerts import AlertRule
from streams.core.windows.calendar import Calendar, TumblingCalendar
from streams.core.windows.cron import CronCalendar
from streams.core.windows.times import NEVER_MS
from tests.core.alerts.alerting import HOUR_MS, rule

HOURLY = TumblingCalendar(HOUR_MS)


def alerts_of(hours: list[int], until: list[int], *rules: AlertRule, calendar: Calendar = HOURLY) -> list[Alert]:
    """What is given when the watermark moves through `until` (in hours) and windows of `hours` have rows."""
    progress, found, told = MissingProgress(), list[Alert](), 0
    for hour in until:
        for window in [each for each in hours if told <= each < hour]:
            progress, alerts = missed(ended(progress, calendar, window * HOUR_MS), "c", rules, hour * HOUR_MS)
            progress = came(progress, calendar, window * HOUR_MS)
            found += alerts
        told = hour
        progress, alerts = missed(ended(progress, calendar, hour * HOUR_MS), "c", rules, hour * HOUR_MS)
        found += alerts
    return found


def stretches(alerts: list[Alert]) -> list[tuple[int, int]]:
    return [((each.start_ms or 0) // HOUR_MS, (each.end_ms or 0) // HOUR_MS) for each in alerts]


MISSING = rule(on=["missing"])


def test_a_window_that_ended_without_a_row_alerts_with_its_bounds() -> None:
    (alert,) = alerts_of([0, 1, 3], [1, 2, 3, 4], MISSING)
    assert (alert.reasons, alert.streak) == (("missing",), 1)
    assert alert.text == "c: 1 window without a row, from 1970-01-01T02:00:00Z to 1970-01-01T03:00:00Z"


def test_windows_are_expected_only_from_the_first_look_on() -> None:
    assert alerts_of([], [500_000], MISSING) == []
    assert stretches(alerts_of([], [500_000, 500_001], MISSING)) == [(500_000, 500_001)]


def test_nothing_is_missing_while_every_window_has_rows_however_late_one_looks() -> None:
    assert alerts_of(list(range(50)), [1, 2, 30, 50], MISSING) == []


def test_it_takes_so_many_in_a_row_and_a_window_with_rows_ends_the_row() -> None:
    third = rule(on=["missing"], after=3)
    assert stretches(alerts_of([0, 3, 4], list(range(1, 9)), third)) == [(5, 8)]


def test_a_gap_that_is_seen_with_the_window_after_it_alerts_too() -> None:
    assert stretches(alerts_of([0, 4], [1, 5], MISSING)) == [(1, 4)]


def test_quiet_time_goes_by_the_log() -> None:
    quiet = rule(on=["missing"], quiet="3h")
    assert [each.at_ms // HOUR_MS for each in alerts_of([0], list(range(1, 10)), quiet)] == [2, 5, 8]


def test_a_rule_on_other_things_hears_nothing_of_missing_windows() -> None:
    assert alerts_of([0], [1, 5], rule()) == []


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(1, 31), min_size=1))
def test_every_window_without_rows_is_told_once_however_the_watermark_moves(hours: set[int], until: set[int]) -> None:
    looks, came_hours = sorted({0, *until}), sorted(hour for hour in hours if hour < max(until))
    found = stretches(alerts_of(came_hours, looks, MISSING))
    told = {hour for begin, end in found for hour in range(begin, end)}
    assert told == set(range(max(until))) - set(came_hours)
    ends = [end for _, end in found]
    assert ends == sorted(set(ends))


def test_a_leap_over_very_many_windows_is_one_alert_and_takes_no_time() -> None:
    second = TumblingCalendar(1_000)
    (alert,) = alerts_of([], [0, 500_000], MISSING, calendar=second)
    assert alert.streak == COUNTED_AT_MOST
    assert alert.end_ms == 500_000 * HOUR_MS


@pytest.mark.parametrize("calendar", [HOURLY, CronCalendar("0 * * * *", "UTC")])
def test_before_the_watermark_is_known_nothing_is_expected(calendar: Calendar) -> None:
    assert ended(MissingProgress(), calendar, NEVER_MS) == MissingProgress()


def test_calendar_windows_go_by_their_time_zone() -> None:
    days = CronCalendar("0 0 * * *", "Europe/Berlin")  # midnight is 23:00 UTC
    (alert,) = alerts_of([], [12, 40, 46], MISSING, calendar=days)
    assert stretches([alert]) == [(-1, 23)]
