"""Windows that labels do not wait for are named, with the remedy."""

from streams.core.labels.waits import short_waits
from tests.core.batches.closed_windows import HOUR_MS, collector_of

NOW_MS = 1_795_255_200_000


def test_a_collector_whose_windows_are_longer_than_labels_wait_is_named() -> None:
    daily = collector_of(id="daily", trigger={"type": "interval", "interval": "24h"}, allowed_lateness="1h")

    (said,) = short_waits([collector_of(id="hourly"), daily], 24 * HOUR_MS, NOW_MS)

    assert said.startswith("labels wait 1 day, 0:00:00 for their batch, less than a window of collector daily")
    assert said.endswith("(1 day, 1:00:00): raise labels.wait_s")


def test_windows_that_end_in_time_or_by_rows_alone_and_collectors_that_are_off_are_not() -> None:
    rows = collector_of(id="rows", trigger={"type": "rows", "rows": 5})
    off = collector_of(id="off", enabled=False, trigger={"type": "interval", "interval": "48h"})

    assert list(short_waits([collector_of(id="hourly"), rows, off], 2 * HOUR_MS, NOW_MS)) == []
