"""Windows that do not come: the window stage's watch, over accounts of a log and across restarts."""

from typing import Any

import pytest

from streams.core.alerts.alert import Alert, decode_alert
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.watermarks import SourceProgress, Watermarks
from streams.stages.missing import MissingState
from tests.core.batches.closed_windows import collector_of, decoded, segments_of
from tests.core.events.chunks import events_as_json

HOUR_MS = 3_600_000
WATCHED = collector_of(id="watched", allowed_lateness="0s", alerts=[{"on": ["missing"], "quiet": "0s"}])
OTHER = collector_of(id="other", allowed_lateness="0s", alerts=[{"on": ["drift"]}])
"""Both live in the one partition of a log of one."""


def watermarks(hour: float) -> Watermarks:
    now_ms = round(hour * HOUR_MS)
    return Watermarks("predictions", 1, now_ms, now_ms, (SourceProgress(0, 1, now_ms, now_ms, True, now_ms),))


def window(hour: int, *, rows: bool = True) -> ClosedWindow:
    segments = (
        segments_of(WATCHED, decoded(WATCHED, events_as_json([{"id": "e", "time": 1, "model": {"id": "m"}}])))
        if rows
        else ()
    )
    start_ms = hour * HOUR_MS
    return ClosedWindow(WATCHED.plan(), "predictions", start_ms, start_ms + HOUR_MS, 0, tuple(segments), {})


class Log:
    """A watch that dies after every record, and what it has committed."""

    def __init__(self, *collectors: Any) -> None:
        self.records, self.alerts, self.tombs = dict[bytes, bytes](), list[Alert](), list[bytes]()
        self.start(*collectors)

    def start(self, *collectors: Any) -> None:
        self.watch = MissingState(collectors, "alerts", "progress")
        self.watch.assign({0: list(self.records.items())}, 1)
        self.collectors = collectors

    def fold(self, hour: float, *closed: ClosedWindow) -> None:
        self.watch.fold(0, closed, watermarks(hour))  # and dies before it commits
        self.start(*self.collectors)
        self.watch.fold(0, closed, watermarks(hour))
        self.commit()
        self.start(*self.collectors)

    def commit(self) -> None:
        for each in self.watch.take()[0]:
            if each.topic == "alerts":
                self.alerts.append(decode_alert(each.value or b""))
            elif each.value is None:
                self.tombs.append(each.key or b"")
                self.records.pop(each.key or b"")
            else:
                self.records[each.key or b""] = each.value

    @property
    def stretches(self) -> list[tuple[int, int]]:
        return [((each.start_ms or 0) // HOUR_MS, (each.end_ms or 0) // HOUR_MS) for each in self.alerts]


def test_a_window_that_the_watermark_passed_without_rows_alerts_once_through_any_restart() -> None:
    log = Log(WATCHED, OTHER)
    log.fold(5.5)
    log.fold(6.5, window(5))
    for _ in range(3):
        log.fold(7.5)
    log.fold(8.5, window(7))
    assert log.stretches == [(6, 7)]
    assert {each.collector_id for each in log.alerts} == {"watched"}


@pytest.mark.parametrize("rows", [True, False])
def test_a_window_in_which_every_event_was_dropped_is_missing(rows: bool) -> None:
    log = Log(WATCHED)
    log.fold(5.5)
    log.fold(6.5, window(5, rows=rows))
    assert log.stretches == ([] if rows else [(5, 6)])


def test_where_the_log_falls_silent_time_goes_on_and_the_alert_says_so() -> None:
    log = Log(WATCHED)
    log.fold(5.5)
    log.fold(6.25, window(5))
    log.watch.silent(0, HOUR_MS // 2, watermarks(6.25))
    assert not log.watch.has_news
    log.watch.silent(0, HOUR_MS, watermarks(6.25))
    assert log.watch.has_news
    log.commit()
    assert log.stretches == [(6, 7)]
    assert "does the collect stage run?" in log.alerts[0].text
    log.fold(7.5, window(6))
    assert log.stretches == [(6, 7)]


def test_before_anything_is_known_silence_says_nothing() -> None:
    log = Log(WATCHED)
    log.watch.silent(0, 10 * HOUR_MS, Watermarks())
    assert not log.watch.has_news


def test_what_nobody_watches_is_forgotten_and_not_held_against_a_later_rule() -> None:
    log = Log(WATCHED)
    log.fold(5.5)
    log.start(OTHER)
    assert log.watch.has_news
    log.commit()
    assert log.tombs == [b"missing/watched"]
    log.start(WATCHED)
    log.fold(50.5)
    assert log.alerts == []
    assert not Log(OTHER).watch.has_news
