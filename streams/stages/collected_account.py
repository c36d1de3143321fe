"""The running account of a collect transaction, until it is written into the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from streams.core.collection import Collection, Route
from streams.core.events.messages import RawMessages
from streams.core.events.rejects import Reject
from streams.core.windows.account import Account, SourceRange, account_records
from streams.core.windows.slots import Maxima
from streams.core.windows.times import NEVER_MS
from streams.kafka.items import Start


@dataclass(slots=True)
class PartitionLedger:
    """What one source partition has shown since the last transaction, and where it stands.

    `first` is where the transaction begins, `next` the offset to read next: ranges of successive transactions
    join.
    """

    first: int
    next: int
    maxima: Maxima
    events: int = 0
    collected: int = 0
    dead: int = 0

    def close(self) -> None:
        """Begin the next transaction where this one ends."""
        self.first, self.events, self.collected, self.dead = self.next, 0, 0, 0

    def metadata(self) -> str:
        """What has to survive a restart beside the offset: it is committed with it, in the same transaction."""
        return msgspec.json.encode(self.maxima).decode()

    def range(self, partition: int, at_ms: int, idle_since_ms: int | None) -> SourceRange:
        """The partition's part of an account."""
        return SourceRange(
            partition=partition,
            first=self.first,
            next=self.next,
            at_ms=at_ms,
            events=self.events,
            collected=self.collected,
            dead=self.dead,
            max_event_time_ms=_known(self.maxima.event_ms),
            max_ingest_time_ms=_known(self.maxima.ingest_ms),
            idle_since_ms=idle_since_ms,
        )


def ledger_from(start: Start) -> PartitionLedger:
    """Take a partition up where a transaction left it."""
    maxima = msgspec.json.decode(start.metadata, type=Maxima) if start.metadata else Maxima()
    return PartitionLedger(start.offset, start.offset, maxima)


def _known(time_ms: int) -> int | None:
    return None if time_ms == NEVER_MS else time_ms


@dataclass(slots=True)
class AccountState:
    """Everything read since the last transaction: ranges per source partition, drop counts per plan."""

    source_topic: str
    routes: Sequence[Route]
    source_partitions: int = 0
    partitions: dict[int, PartitionLedger] = field(default_factory=dict)
    drops: dict[str, Counter[tuple[int, str]]] = field(default_factory=dict)

    def begin(self, starts: Sequence[Start], source_partitions: int) -> None:
        """Start over with these partitions."""
        self.source_partitions = source_partitions
        self.partitions = {start.partition: ledger_from(start) for start in starts}
        self.drops = {}

    def maxima(self) -> Mapping[int, Maxima]:
        """Where each source partition's time stands."""
        return {partition: ledger.maxima for partition, ledger in self.partitions.items()}

    def add(
        self, raw: RawMessages, event_partitions: np.ndarray, collection: Collection, rejects: Sequence[Reject]
    ) -> None:
        """Enter what became of a chunk."""
        size = int(raw.partitions.max()) + 1
        events = np.bincount(event_partitions, minlength=size)
        collected = np.bincount(event_partitions[collection.collected], minlength=size)
        dead = Counter(int(raw.partitions[reject.message]) for reject in rejects)
        for partition in np.unique(raw.partitions).tolist():
            ledger = self.partitions[partition]
            ledger.next = int(raw.offsets[np.flatnonzero(raw.partitions == partition)[-1]]) + 1
            ledger.maxima = collection.maxima.get(partition, ledger.maxima)
            ledger.events += int(events[partition])
            ledger.collected += int(collected[partition])
            ledger.dead += dead[partition]
        for kept in collection.kept:
            counts = self.drops.setdefault(kept.route.plan.config_hash, Counter())
            for bucket_ms, reason, number in kept.drops:
                counts[bucket_ms, reason] += number

    def records(
        self, collected_partition: int, at_ms: int, clock_ms: int, idle_since_ms: Mapping[int, int]
    ) -> list[bytes]:
        """Write the account for one partition of `collected`: all ranges, and the plans that live there."""
        here = {route.plan.config_hash: route.plan for route in self.routes if route.partition == collected_partition}
        account = Account(
            source_topic=self.source_topic,
            source_partitions=self.source_partitions,
            ranges=tuple(
                ledger.range(partition, at_ms, idle_since_ms.get(partition))
                for partition, ledger in sorted(self.partitions.items())
            ),
            plans=here,
            dropped={
                plan: [(bucket_ms, reason, number) for (bucket_ms, reason), number in sorted(counts.items())]
                for plan, counts in self.drops.items()
                if plan in here and counts
            },
            clock_ms=clock_ms,
        )
        return account_records(account)

    def close(self) -> None:
        """Begin the next transaction."""
        self.drops = {}
        for ledger in self.partitions.values():
            ledger.close()
