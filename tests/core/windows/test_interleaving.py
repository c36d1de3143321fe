"""However source partitions are divided among workers, chunks and transactions, the windows are the same."""

from __future__ import annotations

from hypothesis import given

from streams.core.windows.plan import WindowPlan
from tests.core.windows.collected_log import Source, folded
from tests.core.windows.oracle import windows_of
from tests.core.windows.strategies import collected_log, plans, seeds, sources


@given(sources(), plans, seeds)
def test_windows_are_those_of_a_naive_computation_over_all_events(source: Source, plan: WindowPlan, seed: int) -> None:
    windows, _ = folded(collected_log(source, plan, seed))
    assert windows == windows_of(source, plan)


@given(sources(), plans, seeds, seeds)
def test_two_ways_to_weave_a_log_give_the_same_windows(
    source: Source, plan: WindowPlan, seed: int, other_seed: int
) -> None:
    first, one = folded(collected_log(source, plan, seed))
    second, other = folded(collected_log(source, plan, other_seed))
    assert first == second
    assert one.open_rows() == other.open_rows()
    assert one.open_dropped() == other.open_dropped()


@given(sources(), plans, seeds)
def test_every_event_is_in_one_window_or_still_waits(source: Source, plan: WindowPlan, seed: int) -> None:
    windows, state = folded(collected_log(source, plan, seed))
    rows = [row for window in windows for row in (*window.rows, *window.late)]
    kept = {(p, o) for p, log in source.items() for o, event in enumerate(log) if event.kept}
    assert len(rows) == len(set(rows))
    assert set(rows) <= kept
    assert len(rows) + sum(state.open_rows().values()) == len(kept)
    dropped = sum(window.dropped for window in windows) + sum(state.open_dropped().values())
    assert dropped == sum(not event.kept for log in source.values() for event in log)
