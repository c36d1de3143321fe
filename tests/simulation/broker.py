"""A broker in memory: topics, groups, and transactions that are committed, aborted, timed out and fenced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from tests.simulation.group import Committed, GroupState
from tests.simulation.log import PartitionState, Record, TransactionOutcomeState
from tests.simulation.simulated_time import ClockState

TRANSACTION_S = 12.0
_MARKER_S = 0.4  # how long the last marker of a transaction may take
_OFFSETS = "__consumer_offsets"


@dataclass(eq=False, slots=True)
class TransactionalIdState:
    """A transactional id: only the producer with its epoch may write."""

    epoch: int = 0
    owner: int = 0
    outcome: TransactionOutcomeState | None = None
    offsets: list[tuple[GroupState, Sequence[TopicPartition]]] = field(default_factory=list)


class BrokerState:
    """All that a cluster keeps. Every method does one thing at one moment; waiting is the clients' part."""

    def __init__(self, clock: ClockState, topics: dict[str, int]) -> None:
        self.clock = clock
        self.topics = {topic: [PartitionState() for _ in range(number)] for topic, number in topics.items()}
        self.groups: dict[str, GroupState] = {}
        self._transactional: dict[str, TransactionalIdState] = {}

    def group(self, name: str, topic: str) -> GroupState:
        """The group of this name, which reads one topic."""
        if name not in self.groups:
            self.groups[name] = GroupState(topic, len(self.topics[topic]), self.clock.loop.call_later)
        return self.groups[name]

    def committed(self, topic: str) -> Iterator[tuple[int, int, Record]]:
        """Partition, offset and record of all that readers of committed records will see."""
        for number, partition in enumerate(self.topics[topic]):
            for offset, record in enumerate(partition.records):
                if record.committed:
                    yield number, offset, record

    def send(self, topic: str, partition: int, record: Record) -> None:
        """Append a record; partition -1 leaves the choice to the key."""
        logs = self.topics[topic]
        logs[partition if partition >= 0 else crc32(record.key or b"") % len(logs)].append(record)

    def initialise(self, name: str) -> tuple[int, int] | None:
        """Owner and epoch for a new producer: predecessors are fenced. None while a transaction is yet to end."""
        known = self._transactional.setdefault(name, TransactionalIdState())
        if known.outcome is not None and not known.outcome.ended:
            if known.outcome.status == "open":
                known.epoch += 1
                self._end(known, "aborted")
            return None
        known.epoch += 1
        known.owner += 1
        return known.owner, known.epoch

    def epoch_again(self, name: str, owner: int) -> int | None:
        """A new epoch for the same owner, whose transaction was aborted by the broker; None once it is fenced."""
        known = self._transactional[name]
        if known.owner != owner:
            return None
        known.epoch += 1
        return known.epoch

    def is_fenced(self, name: str, owner: int) -> bool:
        """Whether another producer took this id over."""
        return self._transactional[name].owner != owner

    def write(self, name: str, epoch: int, topic: str, partition: int, record: Record) -> bool:
        """Append within a transaction, beginning one. False while the one before is yet to end."""
        known = self._checked(name, epoch)
        outcome = self._open(known)
        if outcome is None:
            return False
        logs = self.topics[topic]
        place = partition if partition >= 0 else crc32(record.key or b"") % len(logs)
        outcome.unmarked.add((topic, place))
        within = Record(record.key, record.value, record.headers, self.clock.now_ms, outcome)
        logs[place].append(within)
        return True

    def add_offsets(
        self, name: str, epoch: int, group: GroupState, metadata: bytes, offsets: Sequence[TopicPartition]
    ) -> bool:
        """Make offsets part of the transaction, unless the assignment is over by now. False as for `write`."""
        known = self._checked(name, epoch)
        if group.refuses(metadata):
            raise KafkaException(KafkaError(KafkaError.ILLEGAL_GENERATION, "rebalanced", False, False, True))
        outcome = self._open(known)
        if outcome is None:
            return False
        known.offsets.append((group, offsets))
        group.pending += 1
        outcome.unmarked.add((_OFFSETS, len(known.offsets)))
        return True

    def end(self, name: str, epoch: int, commit: bool) -> None:
        """Commit or abort; again, if need be."""
        known = self._checked(name, epoch)
        if known.outcome is not None and known.outcome.status == "open":
            self._end(known, "committed" if commit else "aborted")

    def ended(self, name: str) -> bool:
        """Whether all markers of the last transaction are written."""
        outcome = self._transactional[name].outcome
        return outcome is None or outcome.ended

    def _open(self, known: TransactionalIdState) -> TransactionOutcomeState | None:
        if known.outcome is not None and known.outcome.status != "open":
            if not known.outcome.ended:
                return None
            known.outcome = None
        if known.outcome is None:
            known.outcome = opened = TransactionOutcomeState()
            self.clock.loop.call_later(TRANSACTION_S, lambda: self._time_out(known, opened))
        return known.outcome

    def _time_out(self, known: TransactionalIdState, outcome: TransactionOutcomeState) -> None:
        if outcome.status == "open":
            known.epoch += 1
            self._end(known, "aborted")

    def _end(self, known: TransactionalIdState, status: str) -> None:
        assert known.outcome is not None
        outcome, offsets = known.outcome, known.offsets
        outcome.status = "committed" if status == "committed" else "aborted"
        known.offsets = []
        for topic, partition in sorted(outcome.unmarked):
            self.clock.loop.call_later(
                self.clock.chance.uniform(0, _MARKER_S), self._marker(outcome, topic, partition, offsets)
            )

    def _marker(
        self, outcome: TransactionOutcomeState, topic: str, partition: int, offsets: list[tuple[GroupState, Sequence]]
    ) -> Callable[[], None]:
        def mark() -> None:
            outcome.unmarked.discard((topic, partition))
            if topic != _OFFSETS:
                self.topics[topic][partition].mark(outcome, self.clock.now_ms)
                return
            group, positions = offsets[partition - 1]
            group.pending -= 1
            if outcome.status == "committed":
                group.offsets |= {each.partition: Committed(each.offset, each.metadata or "") for each in positions}

        return mark

    def _checked(self, name: str, epoch: int) -> TransactionalIdState:
        known = self._transactional[name]
        if known.epoch != epoch:
            raise KafkaException(KafkaError(KafkaError.INVALID_PRODUCER_EPOCH, "the epoch is over"))
        return known
