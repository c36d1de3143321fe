"""A configuration that changes opens windows of its own; those of the former one drain."""

from __future__ import annotations

from collections.abc import Sequence

from streams.core.windows.plan import Trigger, WindowPlan
from tests.core.windows.collected_log import Event, Message, Source, Told, WriterState, folded, log_of, plan_of

SECOND = 1_000
INTERVAL = plan_of(Trigger("interval", interval_ms=10 * SECOND))
OTHER_INTERVAL = plan_of(Trigger("interval", interval_ms=20 * SECOND))
FIVES = plan_of(Trigger("rows", rows=5))
THREES = plan_of(Trigger("rows", rows=3))


def at_seconds(*times: int) -> list[Event]:
    return [Event(time * SECOND) for time in times]


def replaced(source: Source, before: WindowPlan, after: WindowPlan, counts: Sequence[int]) -> list[Message]:
    """One worker a partition, restarted one after the other: each first reads `counts[p]` events by the old
    plan.
    """
    workers = [WriterState({p: log}, [before], len(source)) for p, log in source.items()]
    messages = [message for p, worker in enumerate(workers) for message in worker.transaction({p: counts[p]})]
    for p, worker in enumerate(workers):
        worker.plans = [after]
        messages += worker.transaction({p: len(source[p]) - counts[p]})
    return messages


def of_plan(windows: Sequence[Told], plan: WindowPlan) -> list[Told]:
    return [window for window in windows if window.plan == plan.config_hash]


def test_windows_of_both_configurations_close_as_time_passes() -> None:
    source = {0: at_seconds(1, 2, 3, 21)}
    windows, state = folded(log_of(replaced(source, INTERVAL, OTHER_INTERVAL, [2])))
    assert [window.rows for window in of_plan(windows, INTERVAL)] == [((0, 0), (0, 1))]
    assert [window.rows for window in of_plan(windows, OTHER_INTERVAL)] == [((0, 2),)]
    assert state.open_rows() == {"c": 1}


def test_rows_that_wait_for_a_count_close_once_the_last_worker_has_the_new_configuration() -> None:
    source = {0: at_seconds(1, 4, 30), 1: at_seconds(2, 3, 30)}
    windows, _ = folded(log_of(replaced(source, FIVES, INTERVAL, [2, 2])))
    (drained,) = of_plan(windows, FIVES)
    assert drained.rows == ((0, 0), (1, 0), (1, 1), (0, 1))
    assert (drained.start, drained.end, drained.sequence) == (1 * SECOND, 4 * SECOND, 0)


def test_one_worker_with_the_old_configuration_keeps_its_count_open() -> None:
    source = {0: at_seconds(1, 4, 30), 1: at_seconds(2, 3, 30)}
    messages = replaced(source, FIVES, INTERVAL, [2, 2])
    windows, state = folded(log_of(messages[:-1]))
    assert of_plan(windows, FIVES) == []
    assert state.open_rows()["c"] >= 4


def test_what_drains_is_cut_by_rows_as_far_as_there_are_enough() -> None:
    source = {0: at_seconds(1, 2, 3, 4, 5, 6, 7, 30)}
    windows, _ = folded(log_of(replaced(source, THREES, INTERVAL, [7])))
    assert [len(window.rows) for window in of_plan(windows, THREES)] == [3, 3, 1]
    assert [window.sequence for window in of_plan(windows, THREES)] == [0, 1, 2]


def test_counts_of_dropped_events_drain_too() -> None:
    source = {0: [Event(1 * SECOND, kept=False), Event(30 * SECOND)]}
    windows, state = folded(log_of(replaced(source, FIVES, INTERVAL, [1])))
    assert [(window.rows, window.dropped) for window in of_plan(windows, FIVES)] == [((), 1)]
    assert state.open_dropped() == {"c": 0}


def test_a_configuration_that_returns_goes_on_counting() -> None:
    source = {0: at_seconds(1, 2, 3, 4, 5, 30)}
    worker = WriterState(source, [FIVES])
    messages = worker.transaction({0: 2})
    worker.plans = [INTERVAL]
    messages += worker.transaction({0: 1})
    worker.plans = [FIVES]
    messages += worker.transaction({0: 3})
    windows, state = folded(log_of(messages))
    assert [(window.rows, window.sequence) for window in of_plan(windows, FIVES)] == [(((0, 0), (0, 1)), 0)]
    assert state.open_rows() == {"c": 3}


def test_a_segment_before_the_first_account_of_its_plan_does_not_drain_it() -> None:
    source = {0: at_seconds(1, 2), 1: at_seconds(1)}
    newer = WriterState({0: source[0]}, [FIVES], 2)
    older = WriterState({1: source[1]}, [INTERVAL], 2)
    segment, account = newer.transaction({0: 2})
    windows, state = folded(log_of([segment, *older.transaction({1: 1}), account]))
    assert of_plan(windows, FIVES) == []
    assert state.open_rows()["c"] == 3
