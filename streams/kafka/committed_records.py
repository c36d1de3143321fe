"""All records of a partition that are committed by now: how a compacted topic is read back."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.kafka.client_config import Config
from streams.kafka.clients import open_consumer
from streams.kafka.errors import KafkaStageError, UnreachableError
from streams.kafka.patience import ReachState, patiently

logger = logging.getLogger(__name__)

_POLL_S = 0.1
_ASK_S = 10.0
_PROBE_S = 2.0
_PATIENCE_S = 120.0


def committed_records(
    config: Config, topic: str, partition: int, timeout_s: float
) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Yield (offset, key, value) of every committed record from the beginning to the end as of this call.

    Transactions that are pending at the call are waited out: what a predecessor committed is never missed, although the
    markers of a transaction reach its partitions one after the other. Raises KafkaStageError after `timeout_s` without
    reaching the end, UnreachableError where another attempt is needed.
    """
    give_up_at = time.monotonic() + timeout_s
    where = TopicPartition(topic, partition)
    with _reader({**config, "isolation.level": "read_uncommitted"}, where) as reader:
        end = reader.end()
    with _reader(config, where) as reader:
        _await_stable(reader, end, give_up_at)
        reader.consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING)])
        for message in _until(reader, end, give_up_at):
            yield message.offset() or 0, message.key() or b"", message.value()


@dataclass(frozen=True, slots=True)
class _Reader:
    consumer: Consumer
    reach: ReachState
    where: TopicPartition

    def end(self) -> int:
        """The high watermark: for a read_committed consumer, the last stable offset."""
        return int(patiently(lambda: self.consumer.get_watermark_offsets(self.where, _ASK_S), self.reach)[1])


@contextmanager
def _reader(config: Config, where: TopicPartition) -> Iterator[_Reader]:
    reach = ReachState(lambda: consumer.list_topics(where.topic, _PROBE_S))
    consumer = open_consumer(config, reach.heard)
    try:
        yield _Reader(consumer, reach, where)
    finally:
        consumer.close()


def _await_stable(reader: _Reader, end: int, give_up_at: float) -> None:
    """Wait until no transaction is pending below `end`."""
    while reader.end() < end:
        _check(reader.where, end, give_up_at)
        reader.consumer.poll(_POLL_S)


def _until(reader: _Reader, end: int, give_up_at: float) -> Iterator[Message]:
    reached = 0
    while reached < end:
        reader.reach.check()
        for message in reader.consumer.consume(1000, _POLL_S):
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's only name for it
                reached = message.offset() or 0
            else:
                raise KafkaException(error)
        _check(reader.where, end, give_up_at)


def _check(where: TopicPartition, end: int, give_up_at: float) -> None:
    if time.monotonic() > give_up_at:
        raise KafkaStageError(
            f"{where.topic}-{where.partition} could not be read to offset {end}: a transaction on it is still pending"
        )


def read_progress(config: Config, topic: str, partition: int) -> list[tuple[bytes, bytes]]:
    """Key and value of every progress record of a partition, the newest last; waits for a cluster that is away."""
    while True:
        try:
            records = list(committed_records(config, topic, partition, _PATIENCE_S))
        except UnreachableError as error:
            logger.warning("%s-%s is read again by a new consumer: %s", topic, partition, error)
        else:
            return [(key, value) for _, key, value in records if value is not None]
