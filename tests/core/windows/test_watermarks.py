"""Accounts have to join, and time passes only as far as every partition of the source is known."""

from __future__ import annotations

from typing import Any

import pytest

from streams.core.windows.account import Account, SourceRange
from streams.core.windows.errors import SourceGapError, SourceOverlapError, SourceTopicChangedError
from streams.core.windows.times import NEVER_MS
from streams.core.windows.watermarks import Watermarks


def account(*ranges: SourceRange, partitions: int = 1, topic: str = "predictions") -> Account:
    return Account(topic, partitions, ranges)


def part(partition: int, first: int, last: int, **more: Any) -> SourceRange:
    return SourceRange(partition, first, last, more.pop("at_ms", 0), max_event_time_ms=more.pop("time", None), **more)


def after(*accounts: Account) -> Watermarks:
    watermarks = Watermarks()
    for each in accounts:
        watermarks = watermarks.after(each)
    return watermarks


def event_time(watermarks: Watermarks) -> int:
    return watermarks.at("event", 0)


def test_the_first_account_may_begin_anywhere() -> None:
    assert event_time(after(account(part(0, 500, 600, time=7)))) == 7


def test_ranges_of_a_partition_join_whichever_worker_writes_them() -> None:
    watermarks = after(
        account(part(0, 0, 10, time=5)), account(part(0, 10, 10, time=5)), account(part(0, 10, 12, time=9))
    )
    assert event_time(watermarks) == 9


def test_a_gap_names_partition_and_offsets() -> None:
    with pytest.raises(SourceGapError, match="predictions-0: no account of offsets 10 to 14"):
        after(account(part(0, 0, 10)), account(part(0, 15, 20)))


def test_an_overlap_names_partition_and_offsets() -> None:
    with pytest.raises(SourceOverlapError, match="predictions-0: two accounts of offsets 7 to 9"):
        after(account(part(0, 0, 10)), account(part(0, 7, 20)))


def test_a_gap_that_the_writer_announces_is_no_error() -> None:
    assert after(account(part(0, 0, 10)), account(part(0, 15, 20, gap=10))).sources[0].next == 20


def test_an_announced_gap_has_to_begin_where_the_log_ends() -> None:
    with pytest.raises(SourceGapError):
        after(account(part(0, 0, 10)), account(part(0, 15, 20, gap=12)))


def test_accounts_of_two_topics_do_not_belong_together() -> None:
    with pytest.raises(SourceTopicChangedError, match=r"predictions.*others"):
        after(account(part(0, 0, 1)), account(part(0, 1, 2), topic="others"))


def test_the_watermark_is_unknown_until_every_partition_has_been_heard_of() -> None:
    first = account(part(0, 0, 10, time=5), partitions=2)
    assert event_time(after(first)) == NEVER_MS
    assert event_time(after(first, account(part(1, 0, 3, time=4), partitions=2))) == 4


def test_a_partition_that_has_shown_nothing_holds_the_watermark_until_it_is_idle() -> None:
    first = account(part(0, 0, 10, time=5), part(1, 0, 0), partitions=2)
    assert event_time(after(first)) == NEVER_MS
    assert event_time(after(first, account(part(1, 0, 0, idle_since_ms=1, at_ms=3), partitions=2))) == 5


def test_partitions_that_are_added_hold_the_watermark_where_it_is() -> None:
    grown = after(account(part(0, 0, 10, time=5)), account(part(0, 10, 20, time=8), partitions=2))
    assert event_time(grown) == 5
    assert event_time(grown.after(account(part(1, 0, 2, time=2), partitions=2))) == 5
    assert event_time(grown.after(account(part(1, 0, 2, time=7), partitions=2))) == 7


def test_where_all_are_idle_the_watermark_is_when_the_first_was_last_looked_at() -> None:
    watermarks = after(
        account(part(0, 0, 1, time=5), part(1, 0, 1, time=6), partitions=2),
        account(
            part(0, 1, 1, time=5, idle_since_ms=1, at_ms=20), part(1, 1, 1, idle_since_ms=1, at_ms=30), partitions=2
        ),
    )
    assert event_time(watermarks) == 20
    assert watermarks.at("event", 4) == 16


def test_ingest_time_has_a_watermark_of_its_own() -> None:
    watermarks = after(account(part(0, 0, 1, time=5, max_ingest_time_ms=50)))
    assert (watermarks.at("event", 0), watermarks.at("ingest", 0)) == (5, 50)
