"""Windows tile the time line, also where clocks change and where calendars end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.events.times import EARLIEST_MS, LATEST_MS
from streams.core.windows.calendar import calendar
from streams.core.windows.plan import Trigger
from streams.core.windows.times import FOREVER_MS, NEVER_MS

HOUR = 3_600_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cron(expression: str, timezone: str) -> Trigger:
    return Trigger("cron", cron=expression, timezone=timezone)


def ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def local_bounds(trigger: Trigger, day: datetime, hours: int) -> list[str]:
    """Where windows begin in so many hours from a local midnight on, by the local clock, with its offset."""
    zone = ZoneInfo(str(trigger.timezone))
    first = ms(day.replace(tzinfo=zone))
    starts = calendar(trigger).starts(np.arange(first, first + hours * HOUR, 60_000))
    found = [EPOCH + timedelta(milliseconds=start) for start in np.unique(starts).tolist() if start >= first]
    return [f"{moment.astimezone(zone):%H:%M%z}" for moment in found]


def test_intervals_are_aligned_to_the_epoch_on_both_sides_of_it() -> None:
    windows = calendar(Trigger("interval", interval_ms=7))
    assert [windows.window(time) for time in (-8, -7, -1, 0, 6, 7)] == [
        (-14, -7),
        (-7, 0),
        (-7, 0),
        (0, 7),
        (0, 7),
        (7, 14),
    ]


def test_a_trigger_that_only_counts_rows_has_one_window_without_end() -> None:
    assert calendar(Trigger("rows", rows=3)).window(5) == (NEVER_MS, FOREVER_MS)


@pytest.mark.parametrize(
    ("expression", "timezone", "day", "bounds"),
    [
        # Berlin, 29 March 2026: 02:00 to 03:00 is not on the clock. A fixed time in it comes right after the gap.
        ("0 * * * *", "Europe/Berlin", (2026, 3, 29), ["00:00+0100", "01:00+0100", "03:00+0200", "04:00+0200"]),
        ("30 2 * * *", "Europe/Berlin", (2026, 3, 29), ["03:00+0200"]),
        ("0 0 * * *", "Europe/Berlin", (2026, 3, 29), ["00:00+0100"]),
        # Berlin, 25 October 2026: 02:00 to 03:00 is there twice. A fixed time comes once, every hour both times.
        (
            "0 * * * *",
            "Europe/Berlin",
            (2026, 10, 25),
            ["00:00+0200", "01:00+0200", "02:00+0200", "02:00+0100"],
        ),
        ("30 2 * * *", "Europe/Berlin", (2026, 10, 25), ["02:30+0200"]),
        # Lord Howe goes by half an hour: on 4 October 2026 from 02:00 to 02:30, on 5 April from 02:00 to 01:30.
        (
            "*/30 * * * *",
            "Australia/Lord_Howe",
            (2026, 10, 4),
            [
                *["00:00+1030", "00:30+1030", "01:00+1030", "01:30+1030"],
                *["02:30+1100", "03:00+1100", "03:30+1100", "04:00+1100"],
            ],
        ),
        ("15 2 * * *", "Australia/Lord_Howe", (2026, 10, 4), ["02:30+1100"]),
        (
            "*/30 * * * *",
            "Australia/Lord_Howe",
            (2026, 4, 5),
            [
                *["00:00+1100", "00:30+1100", "01:00+1100", "01:30+1100"],
                *["01:30+1030", "02:00+1030", "02:30+1030", "03:00+1030"],
            ],
        ),
        ("45 1 * * *", "Australia/Lord_Howe", (2026, 4, 5), ["01:45+1100"]),
        ("0 6 * * mon", "UTC", (2026, 11, 23), []),
        ("0 3 * * mon", "UTC", (2026, 11, 23), ["03:00+0000"]),
    ],
)
def test_bounds_follow_the_clock_on_the_wall(
    expression: str, timezone: str, day: tuple[int, int, int], bounds: list[str]
) -> None:
    assert local_bounds(cron(expression, timezone), datetime(*day), 4) == bounds  # noqa: DTZ001 - local on purpose


def test_a_day_has_23_or_25_hours_where_clocks_change() -> None:
    windows, zone = calendar(cron("0 0 * * *", "Europe/Berlin")), ZoneInfo("Europe/Berlin")
    days = [datetime(2026, 3, 29, 12, tzinfo=zone), datetime(2026, 10, 25, 12, tzinfo=zone)]
    assert [(end - start) // HOUR for start, end in (windows.window(ms(day)) for day in days)] == [23, 25]


EXPRESSIONS = st.sampled_from(
    ["* * * * *", "*/30 * * * *", "0 * * * *", "30 2 * * *", "0 0 * * *", "0 6 * * mon", "15 1,2 * * *", "0 0 1 * *"]
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu"])
CHANGES = [datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 4, 5), datetime(2026, 10, 4)]  # noqa: DTZ001
NEAR_CHANGES = st.tuples(st.sampled_from(CHANGES), st.integers(-48 * HOUR, 48 * HOUR)).map(
    lambda pair: ms(pair[0].replace(tzinfo=UTC)) + pair[1]
)
TIMES = NEAR_CHANGES | st.integers(EARLIEST_MS, LATEST_MS)
TRIGGERS = st.builds(cron, EXPRESSIONS, ZONES) | st.integers(1, 10 * HOUR).map(
    lambda length: Trigger("interval", interval_ms=length)
)


@given(TRIGGERS, TIMES)
def test_every_time_is_in_one_window_that_begins_where_the_one_before_it_ends(trigger: Trigger, time: int) -> None:
    windows = calendar(trigger)
    start, end = windows.window(time)
    assert start <= time < end
    assert windows.window(end - 1) == (start, end)
    assert windows.window(start) == (start, end)
    if end != FOREVER_MS:
        assert windows.window(end)[0] == end
    if start != NEVER_MS:
        assert windows.window(start - 1)[1] == start


@given(TRIGGERS, st.lists(TIMES, min_size=1, max_size=20))
def test_starts_of_many_times_are_those_of_each(trigger: Trigger, times: list[int]) -> None:
    windows = calendar(trigger)
    assert windows.starts(np.array(times)).tolist() == [windows.window(time)[0] for time in times]


@pytest.mark.parametrize("time", [EARLIEST_MS, LATEST_MS])
@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Niue"])
@pytest.mark.parametrize("expression", ["* * * * *", "0 6 * * mon", "0 0 29 2 *"])
def test_the_first_and_last_time_that_an_event_can_have_are_in_windows(
    expression: str, timezone: str, time: int
) -> None:
    start, end = calendar(cron(expression, timezone)).window(time)
    assert start <= time < end


@pytest.mark.parametrize(
    ("expression", "timezone", "words"),
    [
        ("0 6 * *", "UTC", ["cron expression", "'0 6 * *'", "give minute, hour"]),
        ("61 * * * *", "UTC", ["cron expression", "61"]),
        ("0 0 30 2 *", "UTC", ["cron expression", "'0 0 30 2 *'", "day-of-month"]),
        ("0 6 * * *", "Europe/Bärlin", ["timezone", "Bärlin", "IANA"]),
        ("0 6 * * *", "/etc/passwd", ["timezone", "/etc/passwd", "IANA"]),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_a_remedy(expression: str, timezone: str, words: list[str]) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at
        calendar(cron(expression, timezone))
    assert [word for word in words if word not in str(caught.value)] == []
