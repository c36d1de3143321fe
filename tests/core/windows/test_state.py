"""The fold over a log: what it refuses, and what its checkpoints say."""

from __future__ import annotations

import msgspec
import pytest

from streams.core.windows.account import Account, SourceRange, account_records, decode_account
from streams.core.windows.errors import LogDisorderError, LogIncompleteError, SourceGapError
from streams.core.windows.plan import Trigger
from streams.core.windows.progress import (
    LogProgress,
    PlanProgress,
    log_record,
    parted,
    plan_record,
    read_progress,
)
from streams.core.windows.state import CollectedRecord, WindowsState
from streams.core.windows.watermarks import Watermarks
from tests.core.windows.collected_log import Event, WriterState, log_of, plan_of

SECOND = 1_000
PLAN = plan_of(Trigger("interval", interval_ms=10 * SECOND))
RARE = plan_of(Trigger("rows", rows=1_000))
SOURCE = {0: [Event(time * SECOND) for time in range(1, 40)]}


def small_log() -> list[CollectedRecord]:
    """Segment, account, segment, account ... of five events each."""
    writer = WriterState(SOURCE, [PLAN])
    return log_of([message for _ in range(6) for message in writer.transaction({0: 5})])


def fold_all(state: WindowsState, records: list[CollectedRecord]) -> int:
    return sum(len(state.fold(record)) for record in records)


def test_records_have_to_come_in_order() -> None:
    state, log = WindowsState(), small_log()
    state.fold(log[1])
    with pytest.raises(LogDisorderError, match="offset 0 after 2"):
        state.fold(log[0])


def test_a_missing_account_is_noticed() -> None:
    log = small_log()
    with pytest.raises(SourceGapError, match="offsets 5 to 9"):
        fold_all(WindowsState(), [*log[:3], *log[4:]])


def test_a_restart_begins_where_the_oldest_waiting_row_is() -> None:
    state, log = WindowsState(), small_log()
    fold_all(state, log[:6])  # rows 1 to 15: those from 10 on wait, the first of them in the second segment
    assert state.checkpoint().restart == log[2].offset


def test_a_restart_begins_behind_all_that_is_closed() -> None:
    writer = WriterState({0: [Event(SECOND), Event(11 * SECOND, kept=False)]}, [PLAN])
    state, log = WindowsState(), log_of(writer.transaction({0: 2}))
    assert fold_all(state, log) == 1
    assert state.checkpoint().restart == log[-1].offset + 1


def test_a_log_that_lost_waiting_rows_is_noticed_before_anything_is_published() -> None:
    state, log = WindowsState(), small_log()
    fold_all(state, log[:6])
    checkpoint = state.checkpoint()
    again = WindowsState()
    again.restore(checkpoint.records)
    with pytest.raises(LogIncompleteError, match="6 rows of collector 'c' wait in the log from offset 4 on, 5 came"):
        fold_all(again, log[4:])


def test_a_checkpoint_without_news_commits_the_same_place_again() -> None:
    state, log = WindowsState(), small_log()
    fold_all(state, log[:6])
    checkpoint = state.checkpoint()
    assert state.checkpoint().restart == checkpoint.restart
    assert state.checkpoint().records == ()


def test_a_checkpoint_while_rows_are_read_again_commits_the_same_place_again() -> None:
    state, log = WindowsState(), small_log()
    fold_all(state, log[:6])
    checkpoint = state.checkpoint()
    again = WindowsState()
    assert again.restore(checkpoint.records) == checkpoint.restart
    again.fold(log[2])
    assert (again.checkpoint().restart, again.checkpoint().records) == (checkpoint.restart, ())


def test_only_plans_that_changed_are_written_again() -> None:
    writer = WriterState(SOURCE, [PLAN, RARE])
    state = WindowsState()
    first = log_of(writer.transaction({0: 5}))
    fold_all(state, first)
    assert len(state.checkpoint().records) == 3
    fold_all(state, log_of(writer.transaction({0: 0}), first[-1].offset + 1))
    assert [key for key, _ in state.checkpoint().records] == [b"log"]


def test_the_last_record_of_a_key_counts() -> None:
    state, log = WindowsState(), small_log()
    records = []
    for record in log:
        state.fold(record)
        records += state.checkpoint().records
    progress = read_progress(records)
    assert progress is not None
    assert progress.log.next == log[-1].offset + 1


def test_no_progress_means_the_beginning_of_the_log() -> None:
    assert WindowsState().restore([]) == 0


def test_progress_without_the_partitions_own_record_is_refused() -> None:
    state, log = WindowsState(), small_log()
    fold_all(state, log)
    *plans, _ = state.checkpoint().records
    with pytest.raises(ValueError, match="progress has no record"):
        WindowsState().restore(plans)


def test_a_collector_that_drops_nearly_everything_keeps_one_bucket() -> None:
    events = [Event(minute * 60 * SECOND, kept=False) for minute in range(500)]
    writer = WriterState({0: events}, [RARE])
    state = WindowsState()
    fold_all(state, log_of(writer.transaction({0: 500})))
    progress = read_progress(state.checkpoint().records)
    assert progress is not None
    assert len(progress.plans[RARE.config_hash].dropped) <= 2
    assert state.open_dropped() == {"c": 500}


def test_a_long_account_is_written_as_records_that_fit_and_lose_no_count() -> None:
    counts = [(bucket * SECOND, "a reason", 1) for bucket in range(60_000)]
    account = Account(
        "predictions", 1, (SourceRange(0, 0, 60_000, 0),), {PLAN.config_hash: PLAN}, {PLAN.config_hash: counts}
    )
    records = account_records(account)
    assert len(records) > 10
    assert max(map(len, records)) < 300_000
    read = [decode_account(each) for each in records]
    assert [count for each in read for count in each.dropped[PLAN.config_hash]] == counts
    assert [each.ranges for each in read[:-1]] == [()] * (len(read) - 1)
    assert read[-1].ranges == account.ranges


def test_progress_too_long_for_a_record_is_written_in_parts_and_read_back_also_once_it_is_short_again() -> None:
    topic: dict[bytes, bytes] = {}
    for waiting in (40_000, 20_000, 3):
        dropped = tuple((bucket * SECOND, "a reason", 1) for bucket in range(waiting))
        plan = PlanProgress(PLAN, dropped=dropped)
        written = [*parted(plan_record(plan)), *parted(log_record(LogProgress(7, 3, Watermarks())))]
        assert max(len(value) for _, value in written) <= 500_000
        topic |= dict(written)
        found = read_progress(topic.items())
        assert found is not None
        assert found.plans == {PLAN.config_hash: plan}
        assert found.log.next == 7


def test_a_collector_that_drops_a_thousand_stretches_of_time_is_restored_from_its_progress() -> None:
    counts = [((10 + bucket) * 10 * SECOND, f"reason {'x' * 200} {bucket}", 1) for bucket in range(4_000)]
    account = Account("predictions", 1, (SourceRange(0, 0, 5, 0, max_event_time_ms=SECOND),), {PLAN.config_hash: PLAN})
    account = msgspec.structs.replace(account, dropped={PLAN.config_hash: counts})
    state = WindowsState()
    fold_all(state, log_of(("account", record) for record in account_records(account)))
    checkpoint = state.checkpoint()
    assert max(len(value) for _, value in checkpoint.records) <= 500_000
    again = WindowsState()
    again.restore(checkpoint.records)
    assert again.open_dropped() == state.open_dropped() == {"c": 4_000}
