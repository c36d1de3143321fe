"""Reading a topic outside of any consumer group: from its beginning to its end as of now, or on and on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.core.events.messages import NO_TIMESTAMP
from streams.kafka.client_config import Config
from streams.kafka.cluster import TIMEOUT_S, ClusterError, ComplaintsState, explained, topics_metadata
from streams.kafka.polled import headers_of

Progress = Callable[[int, int], None]
_POLL_S = 0.1
_PATIENCE_S = 60.0  # a worker that died in a transaction holds readers back until the broker aborts it
_POLL_MESSAGES = 1000


@dataclass(frozen=True, slots=True)
class Record:
    """A committed record. Header names may repeat: `headers` has the last of each, `pairs` has all as they came.

    Headers whose name is not UTF-8 are left out: the client library cannot give them.
    """

    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, Any]
    pairs: Sequence[tuple[str, Any]] = ()


def scan(
    config: Config, topic: str, progress: Progress, *, since_ms: int | None = None, settled: bool = False
) -> Iterator[Record]:
    """Every committed record that was there when this was called. Raises ClusterError.

    `progress` is told how many offsets are behind and how many there are. `since_ms` leaves out what lies before the
    first record of that time or later. `settled` waits for the transactions that are pending now, so that what was
    committed before the call is there for certain: markers of a transaction reach its partitions one by one.
    """
    ends = end_offsets({**config, "isolation.level": "read_uncommitted"}, topic) if settled else {}
    with _consumer(config, topic) as (consumer, partitions):
        starts = _starts(consumer, partitions, since_ms)
        ranges = {each.partition: _range(consumer, each) for each in partitions}
        scanned = _ScanState(
            {
                each: (min(max(low, starts.get(each, low)), ends.get(each, high)), ends.get(each, high))
                for each, (low, high) in ranges.items()
            }
        )
        consumer.assign([TopicPartition(topic, partition, low) for partition, (low, _) in scanned.ranges.items()])
        give_up_at = time.monotonic() + _PATIENCE_S
        while not scanned.finished:
            for message in consumer.consume(_POLL_MESSAGES, _POLL_S):
                if scanned.take(message):
                    yield record_of(message)
                give_up_at = time.monotonic() + _PATIENCE_S
            if time.monotonic() > give_up_at:
                raise ClusterError(f"reading topic {topic}: nothing came for {_PATIENCE_S:g} s; is the cluster well?")
            progress(scanned.done, scanned.total)


class _ScanState:
    """How far each partition has been read towards the end it had at the beginning."""

    def __init__(self, ranges: dict[int, tuple[int, int]]) -> None:
        self.ranges = ranges
        self.total = sum(high - low for low, high in ranges.values())
        self._next = {partition: low for partition, (low, _) in ranges.items()}

    @property
    def done(self) -> int:
        """Offsets behind."""
        return sum(min(offset, self.ranges[each][1]) - self.ranges[each][0] for each, offset in self._next.items())

    @property
    def finished(self) -> bool:
        """Whether every partition was read to its end."""
        return self.done == self.total

    def take(self, message: Message) -> bool:
        """Note where a message leads; whether it is a record from before the end."""
        partition, offset = message.partition() or 0, message.offset() or 0
        is_record = _is_record(message)
        # The end of a partition is told by its next offset, also past the markers of transactions.
        self._next[partition] = offset + is_record
        return is_record and offset < self.ranges[partition][1]


def follow(config: Config, topic: str, *, from_beginning: bool = False) -> Iterator[Record | None]:
    """Committed records as they come; None whenever there was nothing for a moment. Raises ClusterError."""
    with _consumer(config, topic) as (consumer, partitions):
        for each in partitions:
            each.offset = _range(consumer, each)[0] if from_beginning else OFFSET_END
        consumer.assign(list(partitions))
        while True:
            messages = consumer.consume(_POLL_MESSAGES, _POLL_S)
            yield from (record_of(message) for message in messages if _is_record(message))
            yield None


def end_offsets(config: Config, topic: str) -> dict[int, int]:
    """The offset after the last committed record, by partition. Raises ClusterError."""
    with _consumer(config, topic) as (consumer, partitions):
        return {each.partition: _range(consumer, each)[1] for each in partitions}


def begin_offsets(config: Config, topic: str) -> dict[int, int]:
    """The first offset that the log still holds, by partition. Raises ClusterError."""
    with _consumer(config, topic) as (consumer, partitions):
        return {each.partition: _range(consumer, each)[0] for each in partitions}


def log_starts(config: Config, topic: str, since_ms: int | None) -> dict[int, tuple[int, int, int]]:
    """By partition: the first offset that the log holds, that of the first record of a time or later, the end.

    Without `since_ms` the second is the first, as it is where the record before it has no timestamp: nobody knows then
    what else has none. Raises ClusterError.
    """
    with _consumer(config, topic) as (consumer, partitions):
        found = _starts(consumer, partitions, since_ms)
        ranges = {each.partition: _range(consumer, each) for each in partitions}
        firsts = {each: min(max(found.get(each, low), low), high) for each, (low, high) in ranges.items()}
        asked = {each: first - 1 for each, first in firsts.items() if first > ranges[each][0]}
        before = {each: found for each, found in _first_messages(consumer, topic, asked).items() if _is_record(found)}
        unstamped = {each for each, message in before.items() if message.timestamp()[1] == NO_TIMESTAMP}
        return {each: (low, low if each in unstamped else firsts[each], high) for each, (low, high) in ranges.items()}


def committed_offsets(config: Config, topic: str) -> dict[int, int]:
    """What the group of `config` has committed, by partition; 0 where it has not. Raises ClusterError."""
    with _consumer(config, topic) as (consumer, partitions):
        found = consumer.committed(list(partitions), TIMEOUT_S)
        return {each.partition: max(each.offset, 0) for each in found}


def unread(config: Config, topic: str, offsets: Mapping[int, int]) -> dict[int, int]:
    """The end of each partition that holds a committed record at or after an offset. Raises ClusterError."""
    with _consumer(config, topic) as (consumer, partitions):
        ranges = {each.partition: _range(consumer, each) for each in partitions}
        asked = {p: max(offsets.get(p, 0), low) for p, (low, high) in ranges.items() if offsets.get(p, 0) < high}
        consumer.assign([TopicPartition(topic, partition, offset) for partition, offset in asked.items()])
        found = _first_messages(consumer, topic, asked)
        return {each: ranges[each][1] for each, message in sorted(found.items()) if _is_record(message)}


def _first_messages(consumer: Consumer, topic: str, offsets: Mapping[int, int]) -> dict[int, Message]:
    """The first message from an offset on, by partition; what reports the partition's end where there is none."""
    consumer.assign([TopicPartition(topic, partition, offset) for partition, offset in offsets.items()])
    found, give_up_at = dict[int, Message](), time.monotonic() + _PATIENCE_S
    while len(found) < len(offsets):
        polled = consumer.consume(_POLL_MESSAGES, _POLL_S)
        heard = {message.partition() or 0: message for message in reversed(polled)}  # the first of each
        consumer.incremental_unassign([TopicPartition(topic, each) for each in heard.keys() - found.keys()])
        found = heard | found
        if time.monotonic() > give_up_at:
            raise ClusterError(f"reading topic {topic}: nothing came for {_PATIENCE_S:g} s; is the cluster well?")
    return found


@contextmanager
def _consumer(config: Config, topic: str) -> Iterator[tuple[Consumer, Sequence[TopicPartition]]]:
    with explained(f"reading topic {topic}") as heard:
        consumer = Consumer({**config, **heard.options(), "auto.offset.reset": "error"})
        try:
            yield consumer, _partitions(consumer, heard, topic)
        finally:
            consumer.close()


def _partitions(consumer: Consumer, heard: ComplaintsState, topic: str) -> Sequence[TopicPartition]:
    found = topics_metadata(consumer, heard).get(topic)
    if found is None or found.error is not None:
        raise ClusterError(f"topic {topic} does not exist: create it with `streams topics create`")
    return [TopicPartition(topic, partition) for partition in sorted(found.partitions)]


def _starts(consumer: Consumer, partitions: Sequence[TopicPartition], since_ms: int | None) -> dict[int, int]:
    """Offset of the first record of a time or later, where there is one; the partition's end where there is none."""
    if since_ms is None:
        return {}
    asked = [TopicPartition(each.topic, each.partition, max(since_ms, 0)) for each in partitions]
    found = consumer.offsets_for_times(asked, TIMEOUT_S)
    return {each.partition: each.offset if each.offset >= 0 else 2**62 for each in found}


def _range(consumer: Consumer, where: TopicPartition) -> tuple[int, int]:
    low, high = consumer.get_watermark_offsets(where, TIMEOUT_S)
    return int(low), int(high)


def _is_record(message: Message) -> bool:
    error = message.error()
    if error is None:
        return True
    if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's only name for it
        return False
    raise KafkaException(error)


def record_of(message: Message) -> Record:
    """What a message of a consumer says."""
    value, key, headers = message.value(), message.key(), headers_of(message) or ()
    return Record(
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        timestamp_ms=message.timestamp()[1],
        key=key if isinstance(key, bytes) else None,
        value=value if isinstance(value, bytes) else None,
        headers=dict(headers),
        pairs=tuple(headers),
    )
