"""All records of a partition that are committed by now: how a compacted topic is read back."""

from __future__ import annotations

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.kafka.client_config import Config
from streams.kafka.clients import open_consumer
from streams.kafka.errors import KafkaStageError
from streams.kafka.patience import patiently

_POLL_S = 0.1
_PATIENCE_S = 120.0


def committed_records(
    config: Config, topic: str, partition: int, timeout_s: float
) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Yield (offset, key, value) of every committed record from the beginning to the end as of this call.

    Transactions that are pending at the call are waited out: what a predecessor committed is never missed,
    although the markers of a
    transaction reach its partitions one after the other. Raises KafkaStageError after `timeout_s` without
    reaching the end.
    """
    give_up_at = time.monotonic() + timeout_s
    where = TopicPartition(topic, partition)
    end = _end({**config, "isolation.level": "read_uncommitted"}, where)
    consumer = open_consumer(config)
    try:
        _await_stable(consumer, where, end, give_up_at)
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING)])
        for message in _until(consumer, end, give_up_at):
            yield message.offset() or 0, message.key() or b"", message.value()
    finally:
        consumer.close()


def _end(config: Config, where: TopicPartition) -> int:
    consumer = open_consumer(config)
    try:
        _, high = patiently(lambda: consumer.get_watermark_offsets(where, 30))
    finally:
        consumer.close()
    return int(high)


def _await_stable(consumer: Consumer, where: TopicPartition, end: int, give_up_at: float) -> None:
    """Wait until no transaction is pending below `end`: a read_committed consumer's high watermark is the
    last stable offset.
    """
    while patiently(lambda: consumer.get_watermark_offsets(where, 30))[1] < end:
        _check(where, end, give_up_at)
        consumer.poll(_POLL_S)


def _until(consumer: Consumer, end: int, give_up_at: float) -> Iterator[Message]:
    reached = 0
    while reached < end:
        for message in consumer.consume(1000, _POLL_S):
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's only name for it
                reached = message.offset() or 0
            else:
                raise KafkaException(error)
        _check(consumer.assignment()[0], end, give_up_at)


def _check(where: TopicPartition, end: int, give_up_at: float) -> None:
    if time.monotonic() > give_up_at:
        raise KafkaStageError(
            f"{where.topic}-{where.partition} could not be read to offset {end}: a transaction on it is still pending"
        )


def read_progress(config: Config, topic: str, partition: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of every progress record of a partition, the newest last."""
    for _, key, value in committed_records(config, topic, partition, _PATIENCE_S):
        if value is not None:
            yield key, value
