"""However source partitions are divided among workers, chunks and transactions, the windows are the same."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.core.windows.plan import Trigger, WindowPlan
from tests.core.windows.collected_log import (
    CollectedRecord,
    Event,
    Message,
    Source,
    WriterState,
    folded,
    log_of,
    plan_of,
)
from tests.core.windows.oracle import windows_of

SECOND = 1_000

triggers = st.one_of(
    st.builds(lambda s: Trigger("interval", interval_ms=s * SECOND), st.sampled_from([7, 30, 60, 90, 600])),
    st.builds(lambda n: Trigger("rows", rows=n), st.integers(1, 9)),
    st.builds(
        lambda n, s: Trigger("rows_or_interval", rows=n, interval_ms=s * SECOND),
        st.integers(1, 9),
        st.sampled_from([7, 30, 90, 600]),
    ),
    st.just(Trigger("cron", cron="0 * * * *", timezone="UTC")),
)
plans = st.builds(
    lambda trigger, lateness, time: plan_of(trigger, allowed_lateness_ms=lateness * SECOND, time=time),
    triggers,
    st.sampled_from([0, 0, 5, 60, 3600]),
    st.sampled_from(["event", "event", "ingest"]),
)
# few distinct times, so that equal slots and times on window bounds are frequent
times = st.integers(0, 40).map(lambda t: t * 10 * SECOND)
events = st.builds(
    lambda time, delay, kept: Event(time, time + delay * SECOND, kept),
    times,
    st.sampled_from([0, 0, 0, 3, -20, 100]),
    st.sampled_from([True, True, False]),
)


seeds = st.integers(0, 2**32)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    partitions = draw(st.integers(1, 4))
    return {p: draw(st.lists(events, min_size=1, max_size=25)) for p in range(partitions)}


def collected_log(source: Source, plan: WindowPlan, seed: int) -> list[CollectedRecord]:
    """A log that up to three workers write, each in transactions of its own, woven together in some way."""
    chance = Random(seed)
    owners = {p: chance.randrange(3) for p in source}
    streams = [
        worker_log({p: source[p] for p in source if owners[p] == worker}, plan, len(source), chance)
        for worker in range(3)
    ]
    woven = []
    while left := [stream for stream in streams if stream]:
        woven.append(chance.choice(left).pop(0))
    return log_of(woven)


def worker_log(source: Source, plan: WindowPlan, partitions: int, chance: Random) -> list[Message]:
    writer = WriterState(source, [plan], partitions, max_bytes=chance.choice([3_000, 1_000_000]))
    messages: list[Message] = []
    while left := {p: len(source[p]) - writer.next.get(p, 0) for p in source}:
        if not any(left.values()):
            break
        messages += writer.transaction({p: chance.randint(0, n) for p, n in left.items()})
    return messages


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
