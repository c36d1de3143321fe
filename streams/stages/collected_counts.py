"""What a collect transaction did, held back from the metrics until it is committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.core.collection import Collection
from streams.core.events.rejects import Reject
from streams.metrics import Metrics

_STAGE = "collect"


@dataclass(slots=True)
class CountsBuffer:
    """Numbers since the last transaction, entered per chunk."""

    events: int = 0
    segments: int = 0
    collected: Counter[str] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)

    def add(self, events: int, collection: Collection, rejects: Sequence[Reject]) -> None:
        """Enter what became of messages that held `events` events."""
        self.events += events
        for kept in collection.kept:
            collector = kept.route.collector.id
            self.segments += len(kept.segments)
            self.collected[collector] += kept.rows
            for _, reason, number in kept.drops:
                self.dropped[collector, reason] += number
        self.dead.update(refused.exception_class.rpartition(".")[2] for refused in rejects)

    def publish(self, metrics: Metrics) -> None:
        """Raise the counters: the transaction is durable."""
        metrics.events_read.labels(_STAGE).inc(self.events)
        metrics.segments.inc(self.segments)
        for collector, rows in self.collected.items():
            metrics.events_collected.labels(collector).inc(rows)
        for (collector, reason), number in self.dropped.items():
            metrics.events_dropped.labels(collector, reason).inc(number)
        for reason, number in self.dead.items():
            metrics.dead_letters.labels(_STAGE, reason).inc(number)
