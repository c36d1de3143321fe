"""Consumer and producer of the simulated broker: the part of librdkafka's interface that streams.kafka uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Protocol

from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, Message, TopicPartition

from tests.simulation.broker import BrokerState
from tests.simulation.group import GroupState, metadata_of
from tests.simulation.log import Record

_WAIT_S = 0.2


class Place(Protocol):
    """The process that a client lives in."""

    broker: BrokerState

    def moment(self) -> None:
        """Something is about to happen, or has: the process may die here, or others may go on."""

    def wait(self, duration_s: float) -> None:
        """Let time pass. Killed where the process died meanwhile."""

    def stutters(self) -> bool:
        """Whether the broker's answer gets lost."""


@dataclass(slots=True)
class ConsumerState:
    """A consumer: in `group`, or of partitions that it is told."""

    place: Place
    group: GroupState | None = None
    read_committed: bool = True
    member: str | None = None
    generation: int = -1
    _told: dict[str, Callable[[Any, list[TopicPartition]], None]] = field(default_factory=dict)
    _positions: dict[tuple[str, int], int] = field(default_factory=dict)
    _ends_told: dict[tuple[str, int], int] = field(default_factory=dict)
    _assigned: bool = False
    _paused: set[int] = field(default_factory=set)

    @property
    def caught_up(self) -> bool:
        """Whether everything in the assigned partitions was handed over."""
        return all(self._positions[each] == self._end(*each) for each in self._positions)

    @property
    def partitions(self) -> set[int]:
        """The partitions that it reads."""
        return {partition for _, partition in self._positions}

    def subscribe(self, topics: list[str], **told: Callable[[Any, list[TopicPartition]], None]) -> None:
        assert self.group is not None
        assert topics == [self.group.topic]
        self._told = told

    def consume(self, number: int, timeout_s: float) -> list[Message]:
        self.place.moment()
        self._follow_group()
        messages = self._fetch(number)
        if not messages:
            self.place.wait(self.place.broker.clock.chance.uniform(0.1, 1) * timeout_s)
            messages = self._fetch(number)
        return messages

    def poll(self, timeout_s: float) -> None:
        self.place.wait(timeout_s)

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        self._positions = {
            (each.topic, each.partition): 0 if each.offset == OFFSET_BEGINNING else each.offset for each in partitions
        }
        self._ends_told = {}

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Until they are resumed, whatever is assigned in between."""
        self._paused |= {each.partition for each in partitions}

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        self._paused -= {each.partition for each in partitions}

    def committed(self, partitions: Sequence[TopicPartition], timeout_s: float) -> list[TopicPartition]:
        """Waits for transactions that are about to commit offsets (KIP-447)."""
        del timeout_s
        assert self.group is not None
        self.place.moment()
        while self.group.pending:
            self.place.wait(_WAIT_S)
        found = [(each, self.group.offsets.get(each.partition)) for each in partitions]
        return [
            TopicPartition(each.topic, each.partition, known.offset, known.metadata)
            if known
            else TopicPartition(each.topic, each.partition)
            for each, known in found
        ]

    def list_topics(self, topic: str, timeout_s: float) -> Any:
        del timeout_s
        return SimpleNamespace(topics={topic: SimpleNamespace(partitions=self.place.broker.topics[topic])})

    def get_watermark_offsets(self, where: TopicPartition, *_: Any, **__: Any) -> tuple[int, int]:
        return 0, self._end(where.topic, where.partition)

    def consumer_group_metadata(self) -> bytes:
        assert self.group is not None
        member = self.member or ""
        return metadata_of(self.generation if member in self.group.members else -1, member)

    def close(self) -> None:
        if self.group is None or self.member is None:
            return
        if self._assigned and self.member in self.group.members:
            self._tell("on_revoke")
        self.group.leave(self.member)

    def _follow_group(self) -> None:
        """What a heartbeat would have said since the last poll: callbacks are called from within it."""
        group = self.group
        if group is None:
            return
        if self.member is None or self.member not in group.members:
            if self._assigned:
                self._tell("on_lost")
            self.member = group.join(None)
        elif group.rebalancing and self.member not in group.joined:
            if self._assigned:
                self._tell("on_revoke")
            self.member = group.join(self.member)
        elif not group.rebalancing and not self._assigned:
            self.generation, self._assigned = group.generation, True
            owned = [TopicPartition(group.topic, each) for each in group.members[self.member]]
            self._told["on_assign"](self, owned)

    def _tell(self, what: str) -> None:
        assert self.group is not None
        self._told[what](self, [TopicPartition(*each) for each in self._positions])
        self.place.wait(0)  # a process that died in its callback does not join again
        self._assigned = False
        self._positions = {}

    def _end(self, topic: str, partition: int) -> int:
        log = self.place.broker.topics[topic][partition]
        return log.stable_end if self.read_committed else log.end

    def _fetch(self, number: int) -> list[Message]:
        """A part of what is there, from some of the partitions: the rest is under way still."""
        chance, messages = self.place.broker.clock.chance, list[Message]()
        for topic, partition in self._positions:
            if partition not in self._paused and chance.random() < 0.7:
                messages += self._fetch_from(topic, partition, chance.randint(1, number))
        return messages

    def _fetch_from(self, topic: str, partition: int, number: int) -> list[Message]:
        where = (topic, partition)
        records, messages = self.place.broker.topics[topic][partition].records, list[Message]()
        position, end = self._positions[where], self._end(topic, partition)
        while position < end and len(messages) < number:
            if records[position].committed:
                messages.append(_message(topic, partition, position, records[position]))
            position += 1
        self._positions[where] = position
        if position == end and self._ends_told.get(where) != end:
            self._ends_told[where] = end
            eof = KafkaError(KafkaError._PARTITION_EOF)
            messages.append(Message(topic=topic, partition=partition, offset=end, error=eof))
        return messages


def _message(topic: str, partition: int, offset: int, record: Record) -> Message:
    return Message(
        topic=topic,
        partition=partition,
        offset=offset,
        key=record.key,
        value=record.value,
        headers=list(record.headers) or None,
        timestamp=(1, record.timestamp_ms),
    )


@dataclass(slots=True)
class ProducerState:
    """A transactional producer: what is produced is sent when it likes, and at the latest with the commit."""

    place: Place
    name: str
    groups: dict[str, GroupState]
    _owner: int = 0
    _epoch: int = 0
    _queue: list[tuple[str, int, Record]] = field(default_factory=list)
    _done: bool = False

    def init_transactions(self, timeout_s: float) -> None:
        del timeout_s
        self.place.moment()
        while (found := self.place.broker.initialise(self.name)) is None:
            self.place.wait(_WAIT_S)
        self._owner, self._epoch = found
        self._queue = []
        self.place.moment()

    def begin_transaction(self) -> None:
        self.place.moment()
        self._done = False

    def produce(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int, headers: list[Any] | None = None
    ) -> None:
        record = Record(key, value, tuple(headers or ()), self.place.broker.clock.now_ms)
        self._queue.append((topic, partition, record))

    def poll(self, timeout_s: float) -> None:
        del timeout_s
        self.place.moment()
        with suppress(KafkaException):  # the next call that may raise says so
            self._send(self.place.broker.clock.chance.randint(0, len(self._queue)), wait=False)

    def send_offsets_to_transaction(self, offsets: Sequence[TopicPartition], group: bytes, timeout_s: float) -> None:
        del timeout_s
        self.place.moment()
        known = self.groups[offsets[0].topic]
        add = self.place.broker.add_offsets
        self._within_epoch(lambda: self._insist(lambda: add(self.name, self._epoch, known, group, offsets)))
        self.place.moment()

    def commit_transaction(self, timeout_s: float) -> None:
        del timeout_s
        self.place.moment()
        if not self._done:
            if self.place.stutters():
                raise KafkaException(KafkaError(KafkaError._INCONSISTENT, "a message failed", False, False, True))
            self.flush()
            self.place.moment()
            self._within_epoch(lambda: self.place.broker.end(self.name, self._epoch, commit=True))
            self._done = True
        self.place.moment()
        if self.place.stutters():
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "no answer", False, True))

    def abort_transaction(self, timeout_s: float) -> None:
        del timeout_s
        self.place.moment()
        self._queue = []
        try:
            self.place.broker.end(self.name, self._epoch, commit=False)
        except KafkaException:
            again = self.place.broker.epoch_again(self.name, self._owner)
            if again is None:
                self._raise_fenced()
            else:
                self._epoch = again
        while not self.place.broker.ended(self.name):
            self.place.wait(_WAIT_S)

    def purge(self) -> None:
        self._queue = []

    def flush(self) -> None:
        """Send all that is waiting."""
        self._within_epoch(lambda: self._send(len(self._queue), wait=True))

    def _send(self, number: int, *, wait: bool) -> None:
        for _ in range(number):
            topic, partition, record = self._queue[0]
            write = self.place.broker.write
            if wait:
                self._insist(lambda: write(self.name, self._epoch, topic, partition, record))  # noqa: B023
            elif not write(self.name, self._epoch, topic, partition, record):
                return
            self._queue.pop(0)

    def _insist(self, call: Callable[[], bool]) -> None:
        """The transaction before may still be about to end."""
        while not call():
            self.place.wait(_WAIT_S)

    def _within_epoch(self, call: Callable[[], None]) -> None:
        try:
            call()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.INVALID_PRODUCER_EPOCH:
                raise
            if self.place.broker.is_fenced(self.name, self._owner):
                self._raise_fenced()
            raise KafkaException(
                KafkaError(KafkaError.INVALID_PRODUCER_EPOCH, error.args[0].str(), False, False, True)
            ) from error

    def _raise_fenced(self) -> None:
        raise KafkaException(KafkaError(KafkaError._FENCED, "a successor took over", True))
