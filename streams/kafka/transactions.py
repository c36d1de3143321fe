"""One transaction at a time: outputs and source offsets become visible together or not at all.

Exactly once across the hop rests on KIP-98 (transactions) and KIP-447 (offsets are committed with the group's metadata,
so a worker whose partitions were taken away is refused by the broker, whatever it still believes).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from streams.kafka.errors import KafkaStageError, TransactionAbortedError
from streams.kafka.refusals import missing_right, refusal

logger = logging.getLogger(__name__)

_OUTAGE_S = 1800.0
_REPEAT_S = 0.1
_FENCED = ": another worker runs under the same name (STREAMS_INSTANCE); nothing is lost, give one of them another"

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be produced within the transaction; partition -1 leaves the choice to the key's hash."""

    topic: str
    value: bytes | None
    key: bytes | None = None
    partition: int = -1
    headers: Headers | None = None


@dataclass(frozen=True, slots=True)
class SourceOffset:
    """The next offset to read of a source partition, with metadata that is committed beside it."""

    topic: str
    partition: int
    offset: int
    metadata: str = ""


class TransactionState:
    """A transactional producer and whether a transaction is open on it. Used by one thread at a time.

    Raises `TransactionAbortedError` where the work has to be redone from the committed offsets, `KafkaStageError` where
    this producer can do nothing any more (fenced, refused). `open_producer` is called again where a transaction can be
    neither committed nor aborted, as after a broker that was away for longer than transactions may take. `name` is the
    transactional id; `timeout_s` the age at which brokers end a transaction: they fence its producer then, as if
    another one of its name had come.
    """

    def __init__(self, open_producer: Callable[[], Producer], timeout_s: float, name: str = "") -> None:
        self._name = name
        self._topics: set[str] = set()
        self._open_producer = open_producer
        self._producer = open_producer()
        self._timeout_s = timeout_s
        self._open = False
        self._begun_at = time.monotonic()

    def initialise(self) -> None:
        """Fence a predecessor of the same transactional id and finish what it left; waits for a coordinator
        that is still loading.
        """
        try:
            self._initialise()
        except TransactionAbortedError as error:
            raise KafkaStageError(f"the transactional producer cannot begin: {error}") from error

    def _initialise(self) -> None:
        self._begun_at = time.monotonic()
        self._insist(lambda: self._producer.init_transactions(self._timeout_s))

    def write(self, outgoing: Iterable[Outgoing]) -> None:
        """Add messages to the open transaction, opening one where there is none."""
        for message in outgoing:
            self._begin()
            self._produce(message)
        self._producer.poll(0)

    def commit(self, offsets: Sequence[SourceOffset], group: Any) -> None:
        """Commit messages and offsets in one transaction.

        `offsets` are the next offsets to read; `group` the metadata that came with the assignment they belong
        to.
        """
        self._begin()
        positions = [TopicPartition(o.topic, o.partition, o.offset, o.metadata) for o in offsets]
        if positions:
            self._insist(lambda: self._producer.send_offsets_to_transaction(positions, group, self._timeout_s))
        self._insist(lambda: self._producer.commit_transaction(self._timeout_s))
        self._open = False

    def abort(self) -> None:
        """Give up the open transaction, if any: no read_committed consumer ever sees any of it."""
        if not self._open:
            return
        self._open = False
        try:
            self._insist(lambda: self._producer.abort_transaction(self._timeout_s))
        except TransactionAbortedError as error:
            logger.warning("a new producer takes over a transaction that cannot be aborted: %s", error)
            self._replace_producer()

    def _replace_producer(self) -> None:
        """A producer of the same transactional id aborts what its predecessor left, and fences it.

        One after the other is tried for as long as an outage may last: each may have lost its cluster for good.
        """
        give_up_at = time.monotonic() + _OUTAGE_S
        while True:
            self._producer.purge()
            self._producer = self._open_producer()
            try:
                return self._initialise()
            except TransactionAbortedError as error:
                if time.monotonic() > give_up_at:
                    raise KafkaStageError(f"no transactional producer can begin: {error}") from error
                logger.warning("the next producer is tried: %s", error)

    def _begin(self) -> None:
        if not self._open:
            self._insist(self._producer.begin_transaction)
            self._open, self._begun_at, self._topics = True, time.monotonic(), set()

    def _produce(self, message: Outgoing) -> None:
        self._topics.add(message.topic)
        while True:
            try:
                self._producer.produce(
                    message.topic,
                    message.value,
                    message.key,
                    message.partition,
                    headers=list(message.headers or ()),
                )
            except BufferError:
                self._producer.poll(0.1)  # librdkafka's queue is full: wait for deliveries
            except KafkaException as error:
                if error.args[0].code() == KafkaError._STATE:  # noqa: SLF001 - the transaction has failed already
                    self._insist(lambda: self._producer.commit_transaction(self._timeout_s))  # says why
                raise refusal(error.args[0], message.topic) or self._explained(error) from error
            else:
                return

    def _insist(self, call: Callable[[], object]) -> None:
        """Repeat a call that the client library declares safe to repeat, until it succeeds or the transaction
        times out.
        """
        give_up_at = time.monotonic() + 2 * self._timeout_s
        while True:
            try:
                call()
            except KafkaException as error:
                if not error.args[0].retriable() or time.monotonic() > give_up_at:
                    raise self._explained(error) from error
                logger.info("transaction call is repeated: %s", error.args[0].str())
                self._producer.poll(_REPEAT_S)  # a call that timed out goes on, and refuses another meanwhile
            else:
                return

    def _explained(self, error: KafkaException) -> Exception:
        cause: KafkaError = error.args[0]
        topics = sorted(self._topics) if cause.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED else [self._name]
        if refused := missing_right(cause, *topics):
            return refused
        fenced = cause.code() in (KafkaError._FENCED, KafkaError.PRODUCER_FENCED)  # noqa: SLF001
        if fenced and time.monotonic() - self._begun_at > self._timeout_s:
            return TransactionAbortedError(f"the broker ended it after {self._timeout_s:g} s")
        if not fenced and (cause.txn_requires_abort() or cause.retriable() or cause.fatal()):
            return TransactionAbortedError(cause.str())
        why = _FENCED if fenced else ""
        return KafkaStageError(f"the transactional producer cannot go on: {cause.str()} ({cause.name()}){why}")
