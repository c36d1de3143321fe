"""The alerts stage: snapshots in, alerts out.

What the rules remember is a function of the snapshots log: it is committed together with the alerts and the offsets,
so that a restart neither repeats nor forgets. Telling somebody is another stage's work (`webhooks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec

from streams.core.alerts.alert import Alert, encode_alert
from streams.core.alerts.snapshots import CollectorProgress, after
from streams.core.collectors.collector import Collector
from streams.core.events.messages import Headers, RawMessages
from streams.core.snapshots import Snapshot
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.records import promoted
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics
from streams.stages.runner import Checkpoint

Decode = Callable[[bytes, Headers | None], Snapshot]
ReadProgress = Callable[[int], Iterable[tuple[bytes, bytes]]]

_JSON = (("content-type", b"application/json"),)


@dataclass(frozen=True, slots=True)
class AlertTopics:
    """Topics. `progress` is compacted and has as many partitions as `snapshots`: partition k is about partition k."""

    snapshots: str
    alerts: str
    progress: str


@dataclass(slots=True)
class AlertsState:
    """The alerts stage's processor (see `runner.Processor`). `read_progress` yields what partition k's last owner
    committed: by collector, what its rules remember.
    """

    topics: AlertTopics
    collectors: Mapping[str, Collector]
    decode: Decode
    read_progress: ReadProgress
    metrics: Metrics
    _next: dict[int, int] = field(default_factory=dict)
    _progress: dict[tuple[int, str], CollectorProgress] = field(default_factory=dict)
    _changed: set[tuple[int, str]] = field(default_factory=set)
    _given: list[Alert] = field(default_factory=list)

    def prepare(self, raw: RawMessages) -> None:
        """Nothing is done ahead."""

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew at the committed offsets, with what was committed beside them."""
        del partition_count
        self._next = {start.partition: start.offset for start in starts}
        self._progress = {
            (start.partition, key.decode()): msgspec.json.decode(value, type=CollectorProgress)
            for start in starts
            for key, value in self.read_progress(start.partition)
        }
        self._changed, self._given = set(), []

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """The alerts that a chunk of snapshots gives. What a replay promoted gives none.

        Where it fails nothing has changed.
        """
        progress, changed = dict(self._progress), set(self._changed)
        try:
            alerts = self._of_all(chunk.raw)
        except Exception:
            self._progress, self._changed = progress, changed
            raise
        places = zip(chunk.raw.partitions.tolist(), chunk.raw.offsets.tolist(), strict=True)
        self._next.update((partition, offset + 1) for partition, offset in places)
        self._given += alerts
        return [alert_message(self.topics.alerts, alert) for alert in alerts]

    def _of_all(self, raw: RawMessages) -> list[Alert]:
        alerts = list[Alert]()
        places = zip(raw.partitions.tolist(), raw.timestamps_ms.tolist(), strict=True)
        for (partition, at_ms), value, headers in zip(places, raw.values, raw.headers, strict=True):
            if value is not None and not promoted(headers):
                alerts += self._after(partition, self.decode(value, headers), at_ms)
        return alerts

    def tick(self, tick: Tick) -> bool:
        """Time means nothing to this stage: quiet times go by the log."""
        del tick
        return False

    def checkpoint(self) -> Checkpoint:
        """What the rules remember, and the next snapshots to read."""
        records = [
            Outgoing(self.topics.progress, msgspec.json.encode(self._progress[place]), place[1].encode(), place[0])
            for place in sorted(self._changed)
        ]
        offsets = [SourceOffset(self.topics.snapshots, partition, next_) for partition, next_ in self._next.items()]
        given, self._given, self._changed = self._given, [], set()
        return Checkpoint(records, offsets, partial(count_alerts, self.metrics, given))

    def _after(self, partition: int, snapshot: Snapshot, at_ms: int) -> Sequence[Alert]:
        collector = self.collectors.get(snapshot.collector_id)
        if snapshot.labels_used is not None:  # every revision would count as one more failure, or success
            return ()
        if collector is None or not any(rule.watches_snapshots for rule in collector.alerts):
            return ()
        place = partition, collector.id + (f"/{snapshot.kind}" if snapshot.kind else "")
        before = self._progress.get(place, CollectorProgress())
        self._progress[place], alerts = after(before, collector.alerts, snapshot, at_ms)
        if self._progress[place] is not before:
            self._changed.add(place)
        return alerts


def alert_message(topic: str, alert: Alert) -> Outgoing:
    """An alert, addressed to its topic."""
    return Outgoing(topic, encode_alert(alert), alert.collector_id.encode(), headers=_JSON)


def count_alerts(metrics: Metrics, alerts: Iterable[Alert]) -> None:
    """Count alerts that are committed."""
    for alert in alerts:
        metrics.alerts.labels(alert.collector_id, alert.rule).inc()
