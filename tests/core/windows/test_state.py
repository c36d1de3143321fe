"""The fold over a log: what it refuses, and what its checkpoints say."""

from __future__ import annotations

import pytest

from streams.core.windows.errors import LogDisorderError, LogIncompleteError, SourceGapError
from streams.core.windows.plan import Trigger
from streams.core.windows.progress import read_progress
from streams.core.windows.state import CollectedRecord, WindowsState
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
