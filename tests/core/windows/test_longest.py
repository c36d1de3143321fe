import pytest

from streams.core.windows.longest import longest_window_ms
from streams.core.windows.plan import Trigger

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOW_MS = 1_795_000_000_000


def test_an_interval_is_as_long_as_it_says() -> None:
    assert longest_window_ms(Trigger("interval", interval_ms=90_000), NOW_MS) == 90_000
    assert longest_window_ms(Trigger("rows_or_interval", rows=10, interval_ms=90_000), NOW_MS) == 90_000


def test_a_window_that_only_rows_close_has_no_longest() -> None:
    assert longest_window_ms(Trigger("rows", rows=10), NOW_MS) is None


@pytest.mark.parametrize(
    ("expression", "longest_ms"),
    [
        ("0 * * * *", HOUR_MS),
        ("0 6 * * *", DAY_MS + HOUR_MS),  # the day on which clocks go back
        ("0 6 * * mon", 7 * DAY_MS + HOUR_MS),
        ("0 0 1 * *", 31 * DAY_MS + HOUR_MS),
        ("0 9-17 * * mon-fri", 2 * DAY_MS + 16 * HOUR_MS),
        ("0 0 29 2 *", 1461 * DAY_MS),
    ],
)
def test_a_calendar_is_as_long_as_its_longest_gap(expression: str, longest_ms: int) -> None:
    trigger = Trigger("cron", cron=expression, timezone="Europe/Berlin")

    # A daily window may miss the one day of 25 hours: never more than it, nor less than it by an hour.
    assert longest_ms - HOUR_MS <= (longest_window_ms(trigger, NOW_MS) or 0) <= longest_ms
