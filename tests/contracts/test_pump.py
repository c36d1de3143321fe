"""The pump on a real consumer: what it hands over, in which order, and when it holds back."""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pytest
from confluent_kafka import Consumer, KafkaError, TopicPartition

from streams.core.events.messages import RawMessages
from streams.kafka.clients import open_consumer
from streams.kafka.in_flight import InFlightBytesState
from streams.kafka.items import Assigned, Chunk, Item, Lost, Revoked, Start, Tick
from streams.kafka.local_broker import Broker
from streams.kafka.pump import PumpSettings, PumpState
from streams.kafka.stopping import StoppingState
from tests.contracts.transactions_under_test import KafkaPlace, fresh_prefix

pytestmark = pytest.mark.kafka

Wanted = TypeVar("Wanted", Assigned, Chunk, Lost, Revoked, Tick)


class Stage:
    """What a pump feeds: joins the values of a chunk ahead, and refuses one that says so."""

    most_messages = 100_000

    async def start(self) -> None:
        pass

    def prepare(self, raw: RawMessages) -> bytes:
        if b"refuse" in raw.values:
            raise ValueError("refused")
        return b" ".join(value or b"" for value in raw.values)


class Pumping:
    """A pump over one partition, and what it has handed over; only chunks are large in `in_flight`."""

    def __init__(
        self,
        place: KafkaPlace,
        budget_bytes: int = 1000,
        poll_messages: int = 100,
        unreachable: int = 0,
        room_patience_s: float = 0.05,
    ) -> None:
        self.items: queue.Queue[Item] = queue.Queue()
        self.place = place
        self.in_flight = InFlightBytesState(budget_bytes)
        self.on_item: Callable[[Item], None] = self._let_go
        self.config: dict[str, Any] = {
            "bootstrap.servers": place.servers,
            "group.id": f"{place.source}-pump",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 10,
        }
        self.unreachable = unreachable
        patience = {"reach_patience_s": 0.2, "room_patience_s": room_patience_s}
        settings = PumpSettings(place.source, poll_messages, poll_timeout_s=0.05, tick_s=0.01, **patience)
        self.pump = PumpState(settings, self._open, self._take, self.in_flight, Stage(), StoppingState(20))

    async def next(self, kind: type[Wanted]) -> Wanted:
        """The next item of this kind; those before it are passed over. TimeoutError where none comes."""
        async with asyncio.timeout(30):
            while True:
                item = await asyncio.to_thread(self.items.get, True, 30)
                if isinstance(item, kind):
                    return item

    async def next_values(self) -> list[bytes | None]:
        """The values of the next chunk."""
        return (await self.next(Chunk)).raw.values

    async def ticks_without_chunk(self, number: int) -> bool:
        """Whether so many ticks pass and nothing else comes."""
        return all([isinstance(await asyncio.to_thread(self.items.get, True, 30), Tick) for _ in range(number)])

    def _open(self, on_error: Callable[[KafkaError], None]) -> Consumer:
        """A consumer; one without a cluster where so many are to be unreachable first."""
        lost = {"bootstrap.servers": "127.0.0.1:9"} if self.unreachable else {}
        self.unreachable = max(0, self.unreachable - 1)
        return open_consumer({**self.config, **lost}, on_error)

    def _take(self, item: Item) -> None:
        self.items.put(item)
        self.on_item(item)

    def _let_go(self, item: Item) -> None:
        if isinstance(item, Revoked):
            item.done.set()


@pytest.fixture
def place(broker: Broker) -> KafkaPlace:
    return KafkaPlace(broker.bootstrap_servers, fresh_prefix())


@pytest.fixture
async def open_pump(place: KafkaPlace) -> AsyncIterator[Callable[..., Pumping]]:
    """Makes pumps, and stops them in the end."""
    made: list[Pumping] = []

    def make(**options: float) -> Pumping:
        made.append(Pumping(place, **options))  # type: ignore[arg-type] # bytes and messages are whole
        return made[-1]

    yield make
    for each in made:
        await each.pump.stop()


@pytest.fixture
def pumping(open_pump: Callable[..., Pumping]) -> Pumping:
    return open_pump()


async def test_chunks_come_after_the_assignment_they_belong_to_and_then_the_end_is_told(pumping: Pumping) -> None:
    pumping.place.produce_source([b"a", b"b", b"c"])
    await pumping.pump.start()
    assigned, chunk = await pumping.next(Assigned), await pumping.next(Chunk)
    tick = await pumping.next(Tick)
    while not tick.idle_since_ms:
        tick = await pumping.next(Tick)

    assert (assigned.starts, assigned.partition_count) == ((Start(0, 0, ""),), 1)
    assert (chunk.epoch, chunk.raw.values, chunk.bytes) == (assigned.epoch, [b"a", b"b", b"c"], 3)
    assert chunk.prepared.result(10) == b"a b c"
    assert (set(tick.idle_since_ms), tick.ends) == ({0}, {0: 3})


async def test_a_partition_is_taken_up_where_it_was_committed_with_what_was_committed_beside_it(
    pumping: Pumping,
) -> None:
    pumping.place.produce_source([b"a", b"b", b"c"])
    committing = Consumer(pumping.config)
    committing.commit(offsets=[TopicPartition(pumping.place.source, 0, 2, "beside")], asynchronous=False)
    committing.close()
    await pumping.pump.start()

    assert (await pumping.next(Assigned)).starts == (Start(0, 2, "beside"),)
    assert await pumping.next_values() == [b"c"]


async def test_a_rewind_gives_the_same_again_under_another_epoch(pumping: Pumping) -> None:
    pumping.place.produce_source([b"a", b"b"])
    await pumping.pump.start()
    before = await pumping.next(Assigned)
    assert await pumping.next_values() == [b"a", b"b"]
    pumping.pump.rewind(before.epoch)
    after = await pumping.next(Assigned)

    assert after.epoch > before.epoch
    assert after.starts == before.starts
    assert await pumping.next_values() == [b"a", b"b"]


async def test_a_rewind_of_an_assignment_that_is_over_changes_nothing(pumping: Pumping) -> None:
    pumping.place.produce_source([b"a"])
    await pumping.pump.start()
    first = await pumping.next(Assigned)
    pumping.pump.rewind(first.epoch)
    second = await pumping.next(Assigned)
    assert await pumping.next_values() == [b"a"]
    pumping.pump.rewind(first.epoch)

    assert await pumping.ticks_without_chunk(20)
    assert (await pumping.next(Tick)).epoch == second.epoch


async def test_nothing_more_comes_while_too_much_is_in_flight(
    place: KafkaPlace, open_pump: Callable[..., Pumping]
) -> None:
    place.produce_source([b"aa", b"bb", b"cc"])
    pumping = open_pump(budget_bytes=1, poll_messages=1)
    await pumping.pump.start()
    assert await pumping.next_values() == [b"aa"]

    while not pumping.pump.partitions_paused:
        await pumping.next(Tick)
    assert await pumping.ticks_without_chunk(5)
    pumping.in_flight.release(2)
    assert await pumping.next_values() == [b"bb"]


async def test_a_stage_that_is_a_little_behind_loses_nothing_that_was_fetched_ahead(
    place: KafkaPlace, open_pump: Callable[..., Pumping]
) -> None:
    place.produce_source([b"aa", b"bb"])
    pumping = open_pump(budget_bytes=1, poll_messages=1, room_patience_s=30)
    await pumping.pump.start()
    assert await pumping.next_values() == [b"aa"]

    behind = not await asyncio.to_thread(pumping.in_flight.wait_for_room, 0.5)
    paused = pumping.pump.partitions_paused
    pumping.in_flight.release(2)
    assert (behind, paused) == (True, 0)
    assert await pumping.next_values() == [b"bb"]
    pumping.in_flight.release(2)


async def test_what_was_paused_when_it_is_taken_up_again_is_not_left_paused(
    place: KafkaPlace, open_pump: Callable[..., Pumping]
) -> None:
    place.produce_source([b"aa", b"bb"])
    pumping = open_pump(budget_bytes=1, poll_messages=1)
    taken: list[Assigned] = []

    def rewind_while_paused(item: Item) -> None:
        taken.extend([item] if isinstance(item, Assigned) else [])
        if isinstance(item, Tick) and pumping.pump.partitions_paused and len(taken) == 1:
            pumping.pump.rewind(item.epoch)
            pumping.in_flight.release(2)

    pumping.on_item = rewind_while_paused
    await pumping.pump.start()

    assert await pumping.next_values() == [b"aa"]
    assert await pumping.next_values() == [b"aa"]


async def test_a_consumer_that_lost_its_cluster_is_replaced(
    place: KafkaPlace, open_pump: Callable[..., Pumping]
) -> None:
    place.produce_source([b"a"])
    pumping = open_pump(unreachable=1)
    await pumping.pump.start()

    assert await pumping.next_values() == [b"a"]


async def test_what_fails_ahead_is_told_with_its_chunk_and_stops_nothing(pumping: Pumping) -> None:
    pumping.place.produce_source([b"refuse"])
    await pumping.pump.start()
    chunk = await pumping.next(Chunk)
    pumping.place.produce_source([b"next"])

    assert isinstance(chunk.prepared.exception(10), ValueError)
    assert await pumping.next_values() == [b"next"]


async def test_stopping_lets_the_stage_finish_first(pumping: Pumping) -> None:
    held: list[Revoked] = []
    pumping.on_item = lambda item: held.append(item) if isinstance(item, Revoked) else None
    await pumping.pump.start()
    assigned = await pumping.next(Assigned)
    stopping = asyncio.create_task(pumping.pump.stop())
    revoked = await pumping.next(Revoked)

    assert revoked.epoch == assigned.epoch
    assert not stopping.done()
    revoked.done.set()
    await stopping
    assert held == [revoked]


async def test_chunks_are_given_up_before_their_partitions_go(pumping: Pumping) -> None:
    pumping.place.produce_source([b"a"])
    pumping.on_item = lambda item: item.done.set() if isinstance(item, Revoked) else None
    await pumping.pump.start()
    chunk = await pumping.next(Chunk)
    assert not chunk.given_up.is_set()
    stopping = asyncio.create_task(pumping.pump.stop())
    await pumping.next(Revoked)
    assert chunk.given_up.is_set()
    await stopping


async def test_a_failure_while_stopping_is_not_lost(pumping: Pumping) -> None:
    def fail(item: Item) -> None:
        if isinstance(item, Revoked):
            raise OSError("cannot let go")

    pumping.on_item = fail
    await pumping.pump.start()
    await pumping.next(Assigned)
    await pumping.pump.stop()

    assert isinstance(pumping.pump.crash_reason, OSError)
