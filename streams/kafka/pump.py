"""The pump: one poll thread that turns a consumer into a channel of items.

It owns the consumer: nothing else polls it. It commits nothing: the stage's transactions do.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from mode import Service

from streams.core.events.messages import RawMessages
from streams.kafka.errors import KafkaStageError, LogTruncatedError, UnreachableError
from streams.kafka.idleness import IdlenessState
from streams.kafka.in_flight import InFlightBytesState
from streams.kafka.items import Assigned, Item, Lost, Revoked, Start, Tick
from streams.kafka.patience import ReachState, patiently
from streams.kafka.polled import chunks_of, columns_of, split_ends
from streams.kafka.preparing import open_preparing
from streams.kafka.stopping import StoppingState

logger = logging.getLogger(__name__)

_METADATA_TIMEOUT_S = 10.0
_PROBE_TIMEOUT_S = 2.0
_MAGIC_BYTES = len(b"CGMDv2:")

T = TypeVar("T")
_BLIND_TURNS = 10  # a pump that did not turn for so long heard nothing of what came meanwhile


@dataclass(frozen=True, slots=True)
class PumpSettings:
    """How the pump polls.

    `poll_timeout_s` bounds latency as well: `consume(n, timeout)` returns early only with n messages. A consumer that
    reaches no broker for `reach_patience_s` is replaced. A pause throws away what was fetched ahead: there is none
    before a stage is behind for `room_patience_s`. A poll that may become larger than `decoded_bytes` is handed over in
    parts, none of which is prepared before its turn.
    """

    topic: str
    poll_messages: int = 30_000
    poll_timeout_s: float = 0.1
    tick_s: float = 0.1
    reach_patience_s: float = 10.0
    room_patience_s: float = 1.0
    decoded_bytes: int = 64 << 20


class Stage(Protocol):
    """What the pump feeds. A chunk has no more than `most_messages`, by what the last one led to."""

    most_messages: int

    async def start(self) -> None:
        """Get ready to commit; polling begins after it."""

    def prepare(self, raw: RawMessages) -> Any:
        """Work on a chunk that needs no state: called on other threads, ahead of the chunk's turn, in no order."""


class PumpState(Service):
    """Polls on a thread of its own and hands items to `deliver`, which must be safe to call from any thread.

    Back-pressure: above the budget of bytes in flight it waits, then pauses all partitions and keeps polling, so that
    the group does not take a slow stage for a dead one. `rewind(epoch)` starts over from the committed offsets with a
    new epoch.
    """

    def __init__(
        self,
        settings: PumpSettings,
        open_consumer: Callable[[Callable[[KafkaError], None]], Consumer],
        deliver: Callable[[Item], None],
        in_flight: InFlightBytesState,
        stage: Stage,
        stopping: StoppingState,
    ) -> None:
        super().__init__()
        self._stopping = stopping
        self._error: BaseException | None = None
        self._stage = stage
        self._preparing = open_preparing(settings.topic)
        self._settings = settings
        self._open_consumer = open_consumer
        self._open()
        self._deliver = deliver
        self._in_flight = in_flight
        self._epoch = 0
        self._owned: list[TopicPartition] = []
        self._assigned: list[TopicPartition] | None = None
        self._group = b""
        self._paused = False
        self._given_up = threading.Event()
        blind_s = _BLIND_TURNS * (settings.poll_timeout_s + settings.tick_s)
        self._idleness = IdlenessState(time.monotonic, time.time, blind_s)
        self._next_tick = 0.0
        self._void_epoch: int | None = None
        self._thread = threading.Thread(target=self._run, name=f"pump-{settings.topic}", daemon=True)

    @property
    def partitions_paused(self) -> int:
        """How many of the assigned partitions are paused, because too much is in flight."""
        return len(self._owned) if self._paused else 0

    def rewind(self, epoch: int) -> None:
        """Ask for everything after the committed offsets again; chunks of this epoch are void.

        Nothing comes of it where the epoch is over: what follows it is on its way to the stage, which may commit it.
        """
        self._void_epoch = epoch

    async def on_start(self) -> None:
        """Start polling, once the stage is ready to commit what comes."""
        await self._stage.start()
        self._thread.start()

    async def on_stop(self) -> None:
        """Let the stage finish what it is at, then leave the group."""
        self._stopping.begin()
        if self._thread.ident is not None:
            await self.loop.run_in_executor(None, self._thread.join)
        self._preparing.shutdown(wait=False, cancel_futures=True)
        if self._error is not None:
            await self.crash(self._error)  # `_fail` may come too late for a worker that stops anyway

    def _run(self) -> None:
        ended: BaseException | None = KafkaStageError(f"the pump of topic {self._settings.topic} ended: see above")
        try:
            self._subscribe()
            while not self._stopping.begun.is_set():
                self._turn_or_reconnect()
            self._consumer.close()
            ended = None
        except Exception as error:
            logger.exception("the pump of topic %s failed", self._settings.topic)
            ended = error
        finally:  # the client library may raise a `KafkaError`, which `except` cannot catch
            self._error = ended
            if ended is not None and not self.loop.is_closed():
                self.loop.call_soon_threadsafe(self._fail, ended)

    def _open(self) -> None:
        topic = self._settings.topic
        self._reach = ReachState(
            lambda: self._consumer.list_topics(topic, _PROBE_TIMEOUT_S), self._settings.reach_patience_s
        )
        self._consumer = self._open_consumer(self._reach.heard)

    def _subscribe(self) -> None:
        told = {"on_assign": self._on_assign, "on_revoke": self._on_revoke, "on_lost": self._on_lost}
        self._consumer.subscribe([self._settings.topic], **told)

    def _turn_or_reconnect(self) -> None:
        try:
            self._reach.check()
            self._turn()
        except UnreachableError as error:
            logger.warning("topic %s: a new consumer takes over: %s", self._settings.topic, error)
            self._consumer.close()
            self._forget()
            self._group = b""
            self._open()
            self._subscribe()
        except KafkaException:
            if not self._stopping.begun.is_set():  # who stops need not wait for an answer
                raise

    def _fail(self, error: BaseException) -> None:
        self.add_future(self.crash(error))

    def _turn(self) -> None:
        if self._void_epoch == self._epoch:
            self._take_up(self._owned)
        self._brake()
        most = min(self._settings.poll_messages, self._stage.most_messages)
        polled = self._consumer.consume(most, self._settings.poll_timeout_s)
        if polled:
            self._reach.answered()
            self._hand_over(polled)
        if self._assigned is not None:
            self._take_up(self._assigned)
        self._tick()

    def _brake(self) -> None:
        settings = self._settings
        full = not self._in_flight.wait_for_room(settings.poll_timeout_s if self._paused else settings.room_patience_s)
        if full != self._paused:
            (self._consumer.pause if full else self._consumer.resume)(self._owned)
            self._paused = full

    def _hand_over(self, polled: Sequence[Message]) -> None:
        messages, ends = split_ends(polled)
        if messages:
            raw = columns_of(self._settings.topic, messages, self._idleness.now_ms())
            self._idleness.came(set(raw.partitions.tolist()))
            for chunk in chunks_of(self._epoch, raw, messages, self._settings.decoded_bytes, self._stage.prepare):
                self._in_flight.add(chunk.bytes)
                ahead = self._preparing.submit(chunk.prepared.result) if chunk.raw is raw else chunk.prepared
                self._deliver(replace(chunk, prepared=ahead, given_up=self._given_up))
        self._idleness.ended(ends)

    def _tick(self) -> None:
        if time.monotonic() >= self._next_tick:
            self._next_tick = time.monotonic() + self._settings.tick_s
            # while brokers are away, or nothing is fetched, nobody knows whether a partition is idle
            at_ms, idle_since_ms = self._idleness.look(listening=not (self._reach.doubted or self._paused))
            self._deliver(Tick(self._epoch, at_ms, idle_since_ms, self._ends(), self._given_up))

    def _ends(self) -> dict[int, int]:
        """What the last fetch said: nobody is asked."""
        known = {each.partition: self._consumer.get_watermark_offsets(each, cached=True) for each in self._owned}
        return {partition: marks[1] for partition, marks in known.items() if marks[1] >= 0}

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Fetch nothing yet: `_turn` takes the partitions up. Asking the cluster from within a callback aborts the
        process: the client library forgets the outer call, and asserts that it has one at the next callback.
        """
        consumer.assign([])
        self._assigned, self._group = partitions, consumer.consumer_group_metadata()

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        del consumer, partitions
        self._given_up.set()
        self._deliver(Revoked(self._epoch, done := threading.Event()))
        if not done.wait(self._stopping.drain_s()):
            logger.warning("topic %s: the stage did not finish in time, others take over", self._settings.topic)
        self._forget()

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        del consumer, partitions
        self._deliver(Lost(self._epoch))
        self._forget()

    def _forget(self) -> None:
        self._epoch += 1
        self._owned = []
        self._assigned = None
        self._paused = False
        self._given_up.set()
        self._given_up = threading.Event()
        self._idleness.begin()

    def _take_up(self, partitions: list[TopicPartition]) -> None:
        """Assign partitions at their committed offsets and tell the stage.

        The group's metadata is that of the moment of assignment, also after a rewind: a consumer that was put out
        of its group since has metadata without a generation, and brokers let a commit without one pass unchecked.
        """
        self._forget()
        if not names_generation(self._group):
            return  # put out before it could begin: the client library says so at the next poll
        starts = [self._start(committed) for committed in self._committed(partitions)]
        topic = self._settings.topic
        self._owned = [TopicPartition(topic, start.partition, start.offset) for start in starts]
        self._consumer.assign(self._owned)
        self._consumer.resume(self._owned)  # an assignment leaves a partition paused that was so before
        known = self._patiently(lambda: self._consumer.list_topics(topic, _METADATA_TIMEOUT_S))
        count = len(known.topics[topic].partitions)
        self._deliver(Assigned(self._epoch, tuple(starts), self._group, count))

    def _committed(self, partitions: list[TopicPartition]) -> list[TopicPartition]:
        """Committed offsets; waits while a predecessor's transaction on them is pending (stable offsets, KIP-447)."""
        if not partitions:
            return []
        return list(self._patiently(lambda: self._consumer.committed(partitions, _METADATA_TIMEOUT_S)))

    def _patiently(self, ask: Callable[[], T]) -> T:
        return patiently(ask, self._reach, self._stopping.begun)

    def _start(self, committed: TopicPartition) -> Start:
        if committed.error is not None:
            raise KafkaStageError(f"no committed offset of {committed.topic}-{committed.partition}: {committed.error}")
        low, _ = self._patiently(lambda: self._consumer.get_watermark_offsets(committed, _METADATA_TIMEOUT_S))
        if committed.offset < 0:
            return Start(committed.partition, low, "")
        if committed.offset < low:
            raise LogTruncatedError(_truncated(committed, low))
        return Start(committed.partition, committed.offset, committed.metadata or "")


def names_generation(group: bytes) -> bool:
    """Whether a group's metadata fences: librdkafka writes it as a magic word, then the generation (int32)."""
    return int.from_bytes(group[_MAGIC_BYTES : _MAGIC_BYTES + 4], sys.byteorder, signed=True) >= 0


def _truncated(committed: TopicPartition, low: int) -> str:
    return (
        f"{committed.topic}-{committed.partition}: offsets {committed.offset} to {low - 1} were yet to be"
        f" read but the log begins at {low}: retention was shorter than the outage. To accept the loss, move"
        f" the group's offset: kafka-consumer-groups --reset-offsets --to-earliest --topic {committed.topic}"
    )
