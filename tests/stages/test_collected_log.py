"""What collecting writes into the log, for any messages and however they are cut into chunks and interleaved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from streams.core import segments
from streams.core.collectors.collector import Collector
from streams.core.windows.account import decode_account
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.state import WindowsState
from tests.core.batches.closed_windows import collector_of
from tests.core.events.chunks import arrow_stream, avro
from tests.core.events.test_many_events import AVRO, NESTED
from tests.stages.collecting import Log, Places, Sent, StageState, every_place

LATENESS = {"allowed_lateness": "20s"}
COLLECTORS = [
    collector_of(id="all", trigger={"type": "interval", "interval": "1m"}, **LATENESS),
    collector_of(
        id="half",
        trigger={"type": "rows_or_interval", "rows": 4, "interval": "5m"},
        operators=[
            {"type": "random_sample", "keep_fraction": 0.5},
            {"type": "reservoir_sample", "rows": 3},
        ],
        **LATENESS,
    ),
    collector_of(id="m by threes", source={"model_id": "m"}, trigger={"type": "rows", "rows": 3}, time="ingest"),
    collector_of(
        id="sure",
        caller="ann",
        operators=[{"type": "concept_threshold", "concepts": [{"id": "cat", "comparison": ">", "threshold": 0.4}]}],
        trigger={"type": "cron", "expression": "*/2 * * * *", "timezone": "Europe/Berlin"},
        **LATENESS,
    ),
]
EVENTS = st.fixed_dictionaries(
    {"model": st.sampled_from([{"id": "m"}, {"id": "n"}])},
    optional={
        "caller": st.sampled_from(["ann", "bob"]),
        "collectors": st.sampled_from([["all"], ["sure", "nobody"]]),
        "concepts": st.sampled_from([[{"id": "cat", "value": 0.5}], [{"id": "cat", "value": 0.1}], []]),
        "time": st.integers(0, 20).map(lambda step: step * 37_000),
    },
)
IN_PART = b'[{"model": {"id": "m"}}, {}, {"model": {"id": "m"}}, 7]'
BAD = st.sampled_from([b"{", b"{}", b"[]", b"\0\0\0\0\7x", b"x" * 30_000, b"[{}, {}]", IN_PART, None])


def as_json(event: dict[str, Any]) -> tuple[bytes, None]:
    return json.dumps(event).encode(), None


def as_avro(event: dict[str, Any]) -> tuple[bytes, Any]:
    return avro(event), AVRO


CONTENTS = st.one_of(
    EVENTS.map(as_json),
    EVENTS.map(as_json),
    EVENTS.map(as_avro),
    st.lists(EVENTS, min_size=1, max_size=4).map(lambda events: (json.dumps(events).encode(), None)),
    st.just((arrow_stream(NESTED), None)),
    BAD.map(lambda value: (value, None)),
)

SEEDS = st.integers(0, 2**32)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # to make a failure smaller takes minutes


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """One to three partitions; record times ascend mostly."""
    partitions = draw(st.integers(1, 3))
    return {partition: _sent(draw(st.lists(CONTENTS, min_size=4, max_size=10))) for partition in range(partitions)}


def _sent(contents: Sequence[tuple[bytes | None, Any]]) -> list[Sent]:
    return [Sent(value, 100_000 * number, headers=headers) for number, (value, headers) in enumerate(contents)]


def interleaved(log: Log, seed: int) -> list[Places]:
    """All messages in chunks of any size, partitions interleaved in any way, each in its own order."""
    chance = Random(seed)
    left = [partition for partition, sent in log.items() for _ in sent]
    chance.shuffle(left)
    seen: Counter[int] = Counter()
    places = []
    for partition in left:
        places.append((partition, seen[partition]))
        seen[partition] += 1
    chunks = []
    while places:
        size = chance.randint(1, max(1, len(places) // 3))
        chunks.append(places[:size])
        places = places[size:]
    return chunks


def windows_of(stage: StageState) -> list[tuple[Any, ...]]:
    """Every window that the log closes, with all that a batch is made of."""
    state = WindowsState()
    closed = [window for record in stage.collected() for window in state.fold(record)]
    return sorted(
        (one.plan.collector_id, one.start_ms, one.end_ms, one.sequence, sorted(one.dropped.items()), _rows(one))
        for one in closed
    )


def _rows(closed: ClosedWindow) -> list[str]:
    return sorted(
        f"{segment.encoding} {sorted(row.items())}" for segment in closed.segments for row in segment.batch.to_pylist()
    )


def ended(log: Log) -> Log:
    """The log with an event far ahead in each partition, so that windows close."""
    end = Sent(json.dumps({"model": {"id": "n"}, "collectors": ["nobody"]}).encode(), 10**9)
    return {partition: [*sent, end] for partition, sent in log.items()}


def collected_by(log: Log, chunks: Sequence[Places], seed: int) -> StageState:
    """A stage that has read these chunks, with commits and restarts in between."""
    stage = StageState(COLLECTORS, log)
    for number, places in enumerate(chunks):
        stage.read(places)
        if number % 3 == seed % 3:
            stage.commit()
        if number % 2 == seed % 2:
            stage.commit()
            stage.restart()
    stage.commit()
    return stage


@settings(max_examples=10, phases=QUICK)
@given(logs(), SEEDS, SEEDS)
def test_windows_are_the_same_however_messages_are_cut_into_chunks_and_interleaved(
    log: Log, seed: int, other: int
) -> None:
    log = ended(log)
    straight = windows_of(collected_by(log, [every_place(log)], 0))
    assert windows_of(collected_by(log, interleaved(log, seed), seed)) == straight
    assert windows_of(collected_by(log, interleaved(log, other), other)) == straight


@settings(max_examples=12, phases=QUICK)
@given(logs(), SEEDS)
def test_what_is_read_is_collected_or_dropped_or_dead(log: Log, seed: int) -> None:
    stage = StageState(COLLECTORS, log)
    for places in interleaved(log, seed):
        stage.read(places)
        stage.commit()
    accounts = [decode_account(one.value) for one in stage.collected() if one.kind == "account"]
    ranges = [part for account in accounts for part in account.ranges]
    kept = [segments.decode(one.value) for one in stage.collected() if one.kind == "segment"]
    places_kept = {plan: _places(kept, plan) for plan in {one.plan.config_hash for one in kept}}

    assert sum(part.next - part.first for part in ranges) == sum(len(sent) for sent in log.values())
    events = sum(part.events for part in ranges)
    assert events == sum(_events_in(sent) for sents in log.values() for sent in sents)
    assert sum(part.dead for part in ranges) == len(stage.dead_letters()) == _bad_in(log)
    assert sum(part.collected for part in ranges) == len(set().union(*map(set, places_kept.values())))
    for collector in COLLECTORS:
        assert _dropped(accounts, collector) + len(places_kept.get(collector.config_hash, [])) == events
    assert all(len(places) == len(set(places)) for places in places_kept.values())


def _places(kept: Sequence[segments.Segment], plan: str) -> list[tuple[int, int, int]]:
    rows = [row for one in kept if one.plan.config_hash == plan for row in one.batch.to_pylist()]
    return [(row["partition"], row["offset"], row["index"]) for row in rows]


def _dropped(accounts: Sequence[Any], collector: Collector) -> int:
    return sum(number for one in accounts for _, _, number in one.dropped.get(collector.config_hash, ()))


def _events_in(sent: Sent) -> int:
    """How many events a message of these strategies holds."""
    if sent.value == arrow_stream(NESTED):
        return 3
    if sent.headers == AVRO:
        return 1
    return 0 if _is_bad(sent) else str(sent.value).count('"model"')


def _is_bad(sent: Sent) -> bool:
    return sent.headers is None and (sent.value is None or b"model" not in sent.value)


def _bad_in(log: Log) -> int:
    return sum(sent.value == IN_PART or not _events_in(sent) for sents in log.values() for sent in sents)
