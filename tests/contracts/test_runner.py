"""Exactly once in effect, whatever items come in which order: in memory, on the simulated broker and on a real one."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from streams.core.events.messages import RawMessages
from streams.core.events.schema_source import SchemaUnavailableError
from streams.kafka.errors import GivenUpError
from streams.kafka.in_flight import InFlightBytesState
from streams.kafka.items import Assigned, Chunk, Lost, Revoked, Start, Tick
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics, StageMetrics, create_metrics
from streams.stages.runner import Checkpoint, RunnerSettings, RunnerState
from streams.stores.errors import StoreUnavailableError
from tests.contracts.transactions_under_test import KafkaPlace, MemoryTransactionState, Place, fresh_prefix
from tests.simulation.place import SimulatedPlace


@dataclass(slots=True)
class CopyState:
    """A processor that copies every message, and where told, stumbles over one."""

    source: str
    out: str
    next: int = 0
    committed: list[int] = field(default_factory=list)
    stumbles: list[Exception] = field(default_factory=list)
    stumbled: threading.Event = field(default_factory=threading.Event)
    ticks: int = 0

    def prepare(self, raw: RawMessages) -> None:
        pass

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        del partition_count
        self.next = starts[0].offset

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        if self.stumbles:
            self.stumbled.set()
            raise self.stumbles.pop()
        self.next = int(chunk.raw.offsets[-1]) + 1
        return [Outgoing(self.out, value, partition=0) for value in chunk.raw.values]

    def tick(self, tick: Tick) -> bool:
        del tick
        self.ticks += 1
        return False

    def checkpoint(self) -> Checkpoint:
        at = self.next
        return Checkpoint((), [SourceOffset(self.source, 0, at)], lambda: self.committed.append(at))


@dataclass(slots=True)
class Stage:
    """A runner with all that it is joined to."""

    place: Place
    runner: RunnerState
    processor: CopyState
    metrics: Metrics
    rewound: list[int]

    def counted(self, outcome: str) -> float:
        labels = {"stage": "copy", "outcome": outcome}
        return self.metrics.registry.get_sample_value("streams_transactions_total", labels) or 0

    def lag(self) -> float | None:
        labels = {"stage": "copy", "topic": "source", "partition": "0"}
        return self.metrics.registry.get_sample_value("streams_consumer_lag", labels)

    def chunk(self, first: int, *values: bytes, epoch: int = 1) -> Chunk:
        """Messages from offset `first` on, as the pump hands them over: counted as in flight."""
        offsets = np.arange(first, first + len(values), dtype=np.int64)
        none = np.zeros(len(values), np.int32)
        raw = RawMessages("source", list(values), none, offsets, offsets, [None] * len(values))
        self.runner.in_flight.add(10)
        return Chunk(epoch, raw, (), 10, Future())

    def assigned(self, epoch: int = 1, offset: int = 0) -> Assigned:
        return Assigned(epoch, (Start(0, offset, ""),), self.place.group(), 1)

    async def revoke(self, epoch: int = 1) -> bool:
        """Whether the stage had finished when it let go."""
        done = threading.Event()
        await self.runner.handle(Revoked(epoch, done))
        return done.is_set()


@pytest.fixture(params=["memory", "simulated", pytest.param("kafka", marks=pytest.mark.kafka)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "memory":
        yield MemoryTransactionState()
        return
    if request.param == "simulated":
        yield SimulatedPlace()
        return
    made = KafkaPlace(request.getfixturevalue("broker").bootstrap_servers, fresh_prefix())
    yield made
    made.clean_up()


@pytest.fixture
async def stage(place: Place) -> Stage:
    """Started, without an assignment; it commits when it is told to let go, or after each chunk (interval 0)."""
    return await started(place, commit_interval_s=1000)


async def started(place: Place, commit_interval_s: float) -> Stage:
    processor, metrics = CopyState(place.source, place.out), create_metrics()
    rewound: list[int] = []
    runner = RunnerState(
        "copy",
        processor,
        place.transaction,
        InFlightBytesState(1000),
        RunnerSettings(commit_interval_s),
        StageMetrics(metrics, "copy", "source"),
        rewind=rewound.append,
    )
    await runner.start()
    return Stage(place, runner, processor, metrics, rewound)


async def test_nothing_is_visible_before_its_offset_is_committed_with_it(stage: Stage) -> None:
    await stage.runner.handle(stage.assigned())
    await stage.runner.handle(stage.chunk(0, b"a", b"b"))
    assert (stage.place.visible(), stage.place.committed(), stage.processor.committed) == ([], None, [])

    assert await stage.revoke()

    assert (stage.place.visible(), stage.place.committed(), stage.processor.committed) == ([b"a", b"b"], 2, [2])
    assert stage.counted("committed") == 1


async def test_each_chunk_is_committed_where_the_interval_says_so(place: Place) -> None:
    stage = await started(place, commit_interval_s=0)
    await stage.runner.handle(stage.assigned())
    await stage.runner.handle(stage.chunk(0, b"a"))
    await stage.runner.handle(stage.chunk(1, b"b"))
    assert await stage.revoke()

    assert (place.visible(), place.committed(), stage.processor.committed) == ([b"a", b"b"], 2, [1, 2])


async def test_what_was_lost_is_committed_by_nobody(stage: Stage) -> None:
    await stage.runner.handle(stage.assigned())
    await stage.runner.handle(stage.chunk(0, b"a"))
    await stage.runner.handle(Lost(1))

    assert (stage.place.visible(), stage.place.committed(), stage.processor.committed) == ([], None, [])
    assert not stage.runner.assigned


async def test_a_commit_of_an_assignment_that_is_over_is_aborted_and_counted_nowhere(place: Place) -> None:
    stage = await started(place, commit_interval_s=0)
    await stage.runner.handle(stage.assigned())
    place.take_away()
    await stage.runner.handle(stage.chunk(0, b"late"))
    await finished(stage)

    assert (place.visible(), place.committed(), stage.processor.committed) == ([], None, [])
    assert (stage.counted("aborted"), stage.rewound) == (1, [1])


async def finished(stage: Stage) -> None:
    """Ticks come until the write under way has ended: nothing else does."""
    while not stage.rewound:
        await asyncio.sleep(0.01)
        await stage.runner.handle(Tick(1, 0, {}))


async def test_after_an_abort_the_same_is_read_again_and_becomes_visible_once(place: Place) -> None:
    stage = await started(place, commit_interval_s=0)
    await stage.runner.handle(stage.assigned())
    place.take_away()
    await stage.runner.handle(stage.chunk(0, b"a"))
    await finished(stage)
    await stage.runner.handle(stage.assigned(epoch=2))
    await stage.runner.handle(stage.chunk(0, b"a", epoch=2))
    assert await stage.revoke(epoch=2)

    assert (place.visible(), place.committed(), stage.processor.committed) == ([b"a"], 1, [1])


async def test_a_chunk_that_comes_late_from_an_epoch_that_is_over_is_dropped(stage: Stage) -> None:
    await stage.runner.handle(stage.assigned(epoch=1))
    await stage.runner.handle(stage.assigned(epoch=2))
    await stage.runner.handle(stage.chunk(0, b"late", epoch=1))
    await stage.runner.handle(stage.chunk(0, b"a", epoch=2))
    assert await stage.revoke(epoch=2)

    assert stage.place.visible() == [b"a"]
    assert stage.runner.in_flight.bytes == 0


@pytest.mark.parametrize("error", [StoreUnavailableError("away"), SchemaUnavailableError("away")])
async def test_a_chunk_is_taken_again_when_what_it_needs_is_back(stage: Stage, error: Exception) -> None:
    stage.processor.stumbles = [error]
    await stage.runner.handle(stage.assigned())
    await stage.runner.handle(stage.chunk(0, b"a"))
    assert await stage.revoke()

    assert (stage.place.visible(), stage.place.committed()) == ([b"a"], 1)


async def test_what_waits_when_partitions_are_to_go_is_left_and_what_was_finished_is_committed(stage: Stage) -> None:
    first, second = stage.chunk(0, b"a"), stage.chunk(1, b"b")
    second.given_up.set()
    await stage.runner.handle(stage.assigned())
    await stage.runner.handle(first)
    await stage.runner.handle(second)
    await stage.runner.handle(Tick(1, 0, {0: 0}, {}, second.given_up))
    assert await stage.revoke()

    assert (stage.place.visible(), stage.place.committed()) == ([b"a"], 1)
    assert stage.processor.ticks == 0  # it says that the source is idle, behind a chunk that was not read
    assert stage.runner.in_flight.bytes == 0


async def test_work_that_is_given_up_leaves_all_since_the_last_commit_to_the_next_owner(stage: Stage) -> None:
    await stage.runner.handle(stage.assigned())
    await stage.runner.handle(stage.chunk(0, b"a"))
    stage.processor.stumbles.append(GivenUpError())
    await stage.runner.handle(stage.chunk(1, b"b"))
    assert await stage.revoke()
    assert (stage.place.visible(), stage.place.committed(), stage.rewound) == ([], None, [])

    await stage.runner.handle(stage.assigned(epoch=2))
    await stage.runner.handle(stage.chunk(0, b"a", b"b", epoch=2))
    assert await stage.revoke(epoch=2)
    assert (stage.place.visible(), stage.place.committed()) == ([b"a", b"b"], 2)


async def test_nobody_waits_for_a_store_on_behalf_of_partitions_that_are_to_go(stage: Stage) -> None:
    stage.processor.stumbles = [StoreUnavailableError("away")] * 1_000
    chunk = stage.chunk(0, b"a")
    await stage.runner.handle(stage.assigned())
    working = asyncio.create_task(stage.runner.handle(chunk))
    await asyncio.to_thread(stage.processor.stumbled.wait, 30)
    chunk.given_up.set()
    await working
    assert await stage.revoke()
    assert (stage.place.visible(), stage.place.committed()) == ([], None)


async def test_the_next_chunk_may_be_so_large_that_it_writes_half_of_what_a_transaction_may_hold(stage: Stage) -> None:
    stage.runner.settings = RunnerSettings(commit_interval_s=1000, commit_bytes=1_000_000)
    await stage.runner.handle(stage.assigned())
    await stage.runner.handle(stage.chunk(0, *[b"x" * 2_000] * 10))
    assert stage.runner.most_messages == 250
    await stage.runner.handle(stage.chunk(10, b"x" * 500_000))
    assert stage.runner.most_messages == 100  # however much comes of one


async def test_a_stage_that_failed_says_so_once_and_holds_nobody_up(stage: Stage) -> None:
    stage.processor.stumbles = [ValueError("broken")]
    await stage.runner.handle(stage.assigned())
    assert stage.metrics.registry.get_sample_value("streams_stage_up", {"stage": "copy"}) == 1
    with pytest.raises(ValueError, match="broken"):
        await stage.runner.handle(stage.chunk(0, b"a"))
    await stage.runner.handle(stage.chunk(0, b"a"))

    assert await stage.revoke()
    assert (stage.place.visible(), stage.place.committed(), stage.runner.in_flight.bytes) == ([], None, 0)
    assert stage.metrics.registry.get_sample_value("streams_stage_up", {"stage": "copy"}) == 0


async def test_lag_is_what_is_left_to_process_and_nobody_s_after_the_assignment(stage: Stage) -> None:
    ends: dict[Any, int] = {0: 10}
    await stage.runner.handle(stage.assigned(offset=3))
    await stage.runner.handle(Tick(1, 0, {}, ends))
    assert stage.lag() == 7
    await stage.runner.handle(stage.chunk(3, b"a", b"b"))
    await stage.runner.handle(Tick(1, 0, {}, ends))
    assert stage.lag() == 5
    await stage.runner.handle(Tick(1, 0, {0: 0}, ends))
    assert stage.lag() == 0  # its end was reached: the rest are markers of transactions
    await stage.revoke()
    assert stage.lag() is None
