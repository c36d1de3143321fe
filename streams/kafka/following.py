"""Reading a topic beside a group's own one: what there is, and then what comes, without ever waiting for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.core.events.messages import RawMessages
from streams.core.replay.job import FrozenRange
from streams.kafka.client_config import Config
from streams.kafka.clients import open_consumer
from streams.kafka.cluster import ClusterError
from streams.kafka.errors import UnreachableError
from streams.kafka.frozen import read_frozen
from streams.kafka.patience import ReachState
from streams.kafka.polled import columns_of
from streams.kafka.scan import Record, log_starts, record_of

logger = logging.getLogger(__name__)

_POLL_MESSAGES = 1_000
_POLL_S = 0.1
_PROBE_S = 2.0
_PATIENCE_S = 60.0


class FollowState:
    """Follows committed records of a topic from the first one of a time on, in no group. One thread at a time.

    Where the cluster is away UnreachableError is raised, and the next call goes on where this one stopped. `positions`
    are the next offsets to read, by partition.
    """

    def __init__(self, config: Config, topic: str, since_ms: int) -> None:
        self.positions: dict[int, int] = {}
        self._config, self._topic, self._since_ms = config, topic, since_ms
        self._consumer: Consumer | None = None
        self._reach = ReachState(lambda: None)
        self._ended: set[int] = set()

    def catch_up(self) -> Iterator[Record]:
        """Every record to the end as it is when that is reached."""
        give_up_at = time.monotonic() + _PATIENCE_S
        while True:
            found = self.poll(_POLL_S)
            yield from found
            if self.positions.keys() <= self._ended:
                return
            if found:
                give_up_at = time.monotonic() + _PATIENCE_S
            elif time.monotonic() > give_up_at:
                raise self._lost(f"nothing came for {_PATIENCE_S:g} s")

    def poll(self, timeout_s: float = 0.0) -> Sequence[Record]:
        """What has come since."""
        try:
            consumer = self._consumer or self._opened()
            found = list(self._records(consumer.consume(_POLL_MESSAGES, timeout_s)))
            if found:
                self._reach.answered()
            self._reach.check()
        except (KafkaException, ClusterError, UnreachableError) as error:
            raise self._lost(str(error)) from error
        return found

    def close(self) -> None:
        """Let the consumer go; another call opens one again."""
        if self._consumer is not None:
            self._consumer.close()
        self._consumer = None

    def _opened(self) -> Consumer:
        starts = log_starts(self._config, self._topic, self._since_ms)
        for partition, (low, first, _) in starts.items():
            position = self.positions.get(partition, first)
            if position < low:
                logger.warning("%s-%s: offsets %s to %s are gone", self._topic, partition, position, low - 1)
            self.positions[partition] = max(position, low)
        self._reach = ReachState(lambda: consumer.list_topics(self._topic, _PROBE_S))
        consumer = open_consumer(self._config, self._reach.heard)
        self._ended = set()
        consumer.assign([TopicPartition(self._topic, each, at) for each, at in self.positions.items()])
        self._consumer = consumer
        return consumer

    def _records(self, messages: Sequence[Message]) -> Iterator[Record]:
        for message in messages:
            error, partition = message.error(), message.partition() or 0
            if error is None:
                self.positions[partition] = (message.offset() or 0) + 1
                self._ended.discard(partition)
                yield record_of(message)
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's only name for it
                self._ended.add(partition)
            else:
                raise KafkaException(error)

    def _lost(self, why: str) -> UnreachableError:
        self.close()
        return UnreachableError(f"reading topic {self._topic}: {why}")


def read_before(config: Config, topic: str, since_ms: int, ends: Mapping[int, int]) -> Iterator[RawMessages]:
    """Committed records from the first one of a time on to `ends` (excluded), chunk by chunk; UnreachableError."""
    try:
        starts = log_starts(config, topic, since_ms)
        ranges = [FrozenRange(each, min(starts[each][1], end), end) for each, end in ends.items()]
        for polled in read_frozen(config, topic, ranges, 20 * _POLL_MESSAGES):
            if polled.messages:
                yield columns_of(topic, polled.messages)
    except (KafkaException, ClusterError) as error:
        raise UnreachableError(f"reading topic {topic}: {error}") from error
