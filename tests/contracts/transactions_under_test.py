"""Transactions for the runner to use: one in memory, and the real one with all that belongs to it."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import uuid4

from confluent_kafka import Consumer, Producer, TopicPartition

from streams.kafka.clients import open_transaction
from streams.kafka.errors import TransactionAbortedError
from streams.kafka.transactions import Outgoing, SourceOffset, TransactionState
from tests.integration.pipeline import read_topic
from tests.integration.traffic import create_topics

TIMEOUT_S = 15.0


class Place(Protocol):
    """Where a runner writes to."""

    transaction: Any
    source: str
    out: str

    def group(self) -> Any:
        """Metadata of an assignment that holds until `take_away`."""

    def take_away(self) -> None:
        """The partitions are somebody else's from now on."""

    def visible(self) -> list[bytes]:
        """What a reader of committed records sees."""

    def committed(self) -> int | None:
        """The committed offset of the only source partition."""


class MemoryTransactionState:
    """The contract of `TransactionState`, and the place it writes to."""

    source, out = "source", "out"

    def __init__(self) -> None:
        self.transaction = self
        self._generation = 1
        self._pending: list[bytes] = []
        self._visible: list[bytes] = []
        self._committed: int | None = None

    def initialise(self) -> None:
        pass

    def write(self, outgoing: Iterable[Outgoing]) -> None:
        self._pending += [each.value or b"" for each in outgoing]

    def commit(self, offsets: Sequence[SourceOffset], group: Any) -> None:
        if group != self._generation:
            raise TransactionAbortedError("the generation is over")
        self._visible += self._pending
        self._pending = []
        self._committed = offsets[0].offset if offsets else self._committed

    def abort(self) -> None:
        self._pending = []

    def group(self) -> Any:
        return self._generation

    def take_away(self) -> None:
        self._generation += 1

    def visible(self) -> list[bytes]:
        return self._visible

    def committed(self) -> int | None:
        return self._committed


class KafkaPlace:
    """A topic with one source partition, a group with one member, and a topic to write to."""

    def __init__(self, servers: str, prefix: str) -> None:
        self.servers, self.source, self.out = servers, f"{prefix}source", f"{prefix}out"
        self.transactional_id = f"{prefix}transaction"
        create_topics(servers, {self.source: 1, self.out: 1})
        self.transaction = self.open_transaction()
        self._consumer: Consumer | None = None

    def open_transaction(self, timeout_s: float = TIMEOUT_S) -> TransactionState:
        """A transaction of the one transactional id, which the broker ends after `timeout_s`."""
        config = {"bootstrap.servers": self.servers, "transactional.id": self.transactional_id, "log_level": 0}
        return open_transaction({**config, "transaction.timeout.ms": round(timeout_s * 1000)}, timeout_s)

    def group(self) -> Any:
        if self._consumer is None:
            self._consumer = Consumer(self._options())
            self._consumer.subscribe([self.source])
            while not self._consumer.assignment():
                self._consumer.poll(0.05)
        return self._consumer.consumer_group_metadata()

    def take_away(self) -> None:
        assert self._consumer is not None
        self._consumer.close()
        self._consumer = None

    def visible(self) -> list[bytes]:
        return [each.value() or b"" for each in read_topic(self.servers, self.out)]

    def committed(self) -> int | None:
        consumer = Consumer(self._options())
        found = consumer.committed([TopicPartition(self.source, 0)], 30)[0].offset
        consumer.close()
        return found if found >= 0 else None

    def produce_source(self, values: Sequence[bytes]) -> None:
        """Put messages into the source."""
        producer = Producer({"bootstrap.servers": self.servers})
        for value in values:
            producer.produce(self.source, value, partition=0)
        assert producer.flush(30) == 0

    def flush(self) -> None:
        """Return once the broker has what was written, committed or not."""
        assert self.transaction._producer.flush(30) == 0

    def wait_until_ended(self) -> None:
        """Return once the first transaction on `out` has ended."""
        reader = Consumer({**self._options(), "isolation.level": "read_committed"})
        while reader.get_watermark_offsets(TopicPartition(self.out, 0), 30)[1] == 0:
            reader.poll(0.05)
        reader.close()

    def clean_up(self) -> None:
        if self._consumer is not None:
            self._consumer.close()

    def _options(self) -> dict[str, Any]:
        group = f"{self.source}-group"
        return {"bootstrap.servers": self.servers, "group.id": group, "enable.auto.commit": False, "log_level": 0}


def fresh_prefix() -> str:
    """No two places share it."""
    return f"contract-{uuid4().hex[:8]}."
