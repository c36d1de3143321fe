"""Clients of librdkafka, made from configurations. The composition root calls these; nothing else makes a
client.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, Producer
from confluent_kafka.admin import AdminClient

from streams.kafka.client_config import Config
from streams.kafka.cluster import explained
from streams.kafka.errors import KafkaStageError
from streams.kafka.transactions import TransactionState

logger = logging.getLogger("librdkafka")


def open_consumer(config: Config, on_error: Callable[[KafkaError], None]) -> Consumer:
    """A consumer that starts only where it is told to: an offset that the log does not hold is an error, never a jump.
    `on_error` hears what its connections complain of, on the thread that polls.
    """
    return Consumer({**config, "auto.offset.reset": "error", "error_cb": on_error}, logger=logger)


def open_transaction(config: Config, timeout_s: float) -> TransactionState:
    """A transactional producer; each call on it gives up after `timeout_s`, or twice that where it may be
    repeated.
    """
    return TransactionState(lambda: Producer(config, logger=logger), timeout_s, str(config["transactional.id"]))


def paired_partitions(config: Config, collected: str, progress: str) -> int:
    """How many partitions `collected` has, and its progress. KafkaStageError where these are not as many."""
    count, paired = partition_count(config, collected), partition_count(config, progress)
    check_paired(collected, count, progress, paired)
    return count


def check_paired(collected: str, count: int, progress: str, paired: int) -> None:
    """Each partition of `collected` has one for its progress. KafkaStageError where one of them was changed."""
    if count != paired:
        raise KafkaStageError(
            f"{collected} has {count} partitions, {progress} has {paired}: they have to be as many, and to stay so, for"
            " collectors would move to other partitions in the midst of their windows. Process the source again into"
            " new topics: set STREAMS_TOPICS_COLLECTED, STREAMS_TOPICS_WINDOW_PROGRESS and STREAMS_GROUP_PREFIX to"
            " other names, and run `streams topics create`"
        )


def partition_count(config: Config, topic: str) -> int:
    """How many partitions a topic has. KafkaStageError where it does not exist, ClusterError."""
    with explained(f"looking at topic {topic}") as heard:
        found = AdminClient({**config, **heard.options()}).list_topics(topic, timeout=30).topics[topic]
    if found.error is not None or not found.partitions:
        raise KafkaStageError(f"topic {topic} does not exist: create it with `streams topics create`")
    return len(found.partitions)
