"""Sources, plans and logs that tests of windows draw."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st

from streams.core.windows.plan import Trigger, WindowPlan
from tests.core.windows.collected_log import CollectedRecord, Event, Message, Source, WriterState, log_of, plan_of

SECOND = 1_000

triggers = st.one_of(
    st.builds(lambda s: Trigger("interval", interval_ms=s * SECOND), st.sampled_from([7, 30, 60, 90, 600])),
    st.builds(lambda n: Trigger("rows", rows=n), st.integers(1, 6)),
    st.builds(
        lambda n, s: Trigger("rows_or_interval", rows=n, interval_ms=s * SECOND),
        st.integers(1, 6),
        st.sampled_from([7, 30, 90, 600]),
    ),
    st.just(Trigger("cron", cron="0 * * * *", timezone="UTC")),
)
plans = st.builds(
    lambda trigger, lateness, time: plan_of(trigger, allowed_lateness_ms=lateness * SECOND, time=time),
    triggers,
    st.sampled_from([0, 0, 5, 60, 600]),
    st.sampled_from(["event", "event", "ingest"]),
)
arrival_plans = st.builds(lambda n: plan_of(Trigger("rows", rows=n), order="arrival"), st.integers(1, 6))
# Steps of time between events: mostly forward, sometimes back; few distinct ones, so that slots are equal and
# times lie on the bounds of windows. Some events are recorded late, and some before they say they happened.
steps = st.tuples(
    st.sampled_from([0, 0, 5, 10, 10, 30, 60, -10, -40]),
    st.sampled_from([0, 0, 0, 3, -20, 100]),
    st.sampled_from([True, True, True, False]),
)
seeds = st.integers(0, 2**32)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """One to four partitions, none of them empty."""
    scale = draw(st.sampled_from([1, 1, 1, 60])) * SECOND
    partitions = draw(st.integers(1, 4))
    return {p: _events(draw(st.lists(steps, min_size=8, max_size=40)), scale) for p in range(partitions)}


def _events(drawn: Sequence[tuple[int, int, bool]], scale: int) -> list[Event]:
    events, time = [], 1_000 * SECOND
    for step, delay, kept in drawn:
        time += step * scale
        events.append(Event(time, time + delay * SECOND, kept))
    return events


def collected_log(source: Source, plan: WindowPlan, seed: int) -> list[CollectedRecord]:
    """A log that up to three workers write, each in transactions of its own, woven together in some way."""
    chance = Random(seed)
    owners = {p: chance.randrange(3) for p in source}
    workers = [
        _worker(WriterState({p: source[p] for p in source if owners[p] == worker}, [plan], len(source)), chance)
        for worker in range(3)
    ]
    return log_of(_woven(workers, chance))


def eventful_log(source: Source, phases: Sequence[Sequence[WindowPlan]], seed: int) -> list[CollectedRecord]:
    """A log in which everything happens: partitions become idle and come back, others are added later,
    configurations are replaced worker by worker, partitions move between workers.

    Each phase has its plans and its workers.
    """
    chance = Random(seed)
    messages: list[Message] = []
    last = WriterState(source, ())
    for number, phase in enumerate(phases):
        present = [p for p in source if p <= number or chance.random() < 0.7]
        owners = {p: chance.randrange(2) for p in present}
        writers = [
            WriterState({p: source[p] for p in present if owners[p] == worker}, phase, len(present), 3_000)
            for worker in range(2)
        ]
        for writer in writers:
            writer.next, writer.maxima = dict(last.next), dict(last.maxima)
        messages += _woven([_worker(writer, chance, idles=True) for writer in writers], chance)
        for writer in writers:
            last.next |= {p: writer.next[p] for p in writer.source if p in writer.next}
            last.maxima |= {p: writer.maxima[p] for p in writer.source if p in writer.maxima}
    return log_of(messages)


def _worker(writer: WriterState, chance: Random, *, idles: bool = False) -> list[Message]:
    messages: list[Message] = []
    stop = chance.random() < 0.5 and idles  # the next phase takes what is left
    while left := {p: len(log) - writer.next.get(p, 0) for p, log in writer.source.items()}:
        counts = {p: chance.randint(0, n) for p, n in left.items()}
        idle = {
            p: chance.randrange(3_000) * SECOND for p, n in counts.items() if idles and not n and chance.random() < 0.5
        }
        clock = chance.randrange(4_000) * SECOND if idles and chance.random() < 0.7 else None
        messages += writer.transaction(counts, idle, clock)
        if not any(left.values()) or (stop and chance.random() < 0.3):
            break
    return messages


def _woven(streams: Sequence[list[Message]], chance: Random) -> list[Message]:
    woven = []
    while left := [stream for stream in streams if stream]:
        woven.append(chance.choice(left).pop(0))
    return woven
