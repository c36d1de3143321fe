"""Every metric of the worker, in one typed list: names and labels are what dashboards and alerts are written against.

Created once by the composition root with a registry of its own; Prometheus's global registry is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_TRANSACTION_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
_REPORT_BUCKETS_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counters count what is durable: they go up once a transaction is committed, not when work begins."""

    registry: CollectorRegistry
    events_read: Counter
    events_collected: Counter
    events_dropped: Counter
    dead_letters: Counter
    segments: Counter
    batches: Counter
    snapshots: Counter
    late_rows: Counter
    transactions: Counter
    transaction_seconds: Histogram
    bytes_in_flight: Gauge
    consumer_lag: Gauge
    partitions_assigned: Gauge
    partitions_paused: Gauge
    watermark_lag_seconds: Gauge
    open_rows: Gauge
    outlet_snapshots: Counter
    alerts: Counter
    webhooks: Counter
    labels: Counter
    labels_waiting: Gauge
    report_seconds: Histogram
    stage_up: Gauge
    store_unavailable: Counter

    def exposition(self) -> bytes:
        """The metrics in Prometheus's text format."""
        return generate_latest(self.registry)


@dataclass(frozen=True, slots=True)
class StageMetrics:
    """What every stage counts alike, under its own label."""

    metrics: Metrics
    stage: str
    topic: str

    def up(self) -> None:
        """The stage runs."""
        self.metrics.stage_up.labels(self.stage).set(1)

    def down(self) -> None:
        """The stage does not run yet, or met what it cannot recover from."""
        self.metrics.stage_up.labels(self.stage).set(0)

    def observe(self, bytes_in_flight: Callable[[], int], partitions_paused: Callable[[], int]) -> None:
        """Ask these whenever the metrics are read."""
        self.metrics.bytes_in_flight.labels(self.stage).set_function(bytes_in_flight)
        self.metrics.partitions_paused.labels(self.stage).set_function(partitions_paused)

    def lag(self, partition: int, messages: int) -> None:
        """So many messages of a source partition are yet to be processed."""
        self.metrics.consumer_lag.labels(self.stage, self.topic, partition).set(messages)

    def left(self, partitions: Iterable[int]) -> None:
        """The stage owns no partition any more: somebody else speaks for these."""
        self.assigned(0)
        for partition in partitions:
            with suppress(KeyError):
                self.metrics.consumer_lag.remove(self.stage, self.topic, partition)

    def assigned(self, partitions: int) -> None:
        """The stage owns this many source partitions now."""
        self.metrics.partitions_assigned.labels(self.stage).set(partitions)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Time a commit and count it; what raises is counted by `aborted` instead."""
        with self.metrics.transaction_seconds.labels(self.stage).time():
            yield
        self.metrics.transactions.labels(self.stage, "committed").inc()

    def aborted(self) -> None:
        """A transaction came to nothing."""
        self.metrics.transactions.labels(self.stage, "aborted").inc()

    def unavailable(self) -> None:
        """Object store, schema registry or an outlet could not be reached; the stage tries again."""
        self.metrics.store_unavailable.labels(self.stage).inc()


def _counter(registry: CollectorRegistry, name: str, text: str, *labels: str) -> Counter:
    return Counter(f"streams_{name}", text, labels, registry=registry)


def _gauge(registry: CollectorRegistry, name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"streams_{name}", text, labels, registry=registry)


def _histogram(
    registry: CollectorRegistry, name: str, text: str, buckets: tuple[float, ...], *labels: str
) -> Histogram:
    return Histogram(f"streams_{name}", text, labels, registry=registry, buckets=buckets)


def create_metrics() -> Metrics:
    """All metrics at zero, on a new registry."""
    registry = CollectorRegistry()
    counter, gauge, histogram = partial(_counter, registry), partial(_gauge, registry), partial(_histogram, registry)
    return Metrics(
        registry=registry,
        events_read=counter("events_read", "Events decoded from source messages", "stage"),
        events_collected=counter("events_collected", "Copies of events that collectors kept", "collector"),
        events_dropped=counter("events_dropped", "Events a collector did not keep", "collector", "reason"),
        dead_letters=counter("dead_letters", "Messages sent to the dead-letter topic", "stage", "reason"),
        segments=counter("segments", "Segments written to the collected topic"),
        batches=counter("batches", "Windows closed", "collector"),
        snapshots=counter("snapshots", "Snapshots published", "collector", "verdict"),
        late_rows=counter("late_rows", "Rows kept beside their batch because they were late", "collector"),
        transactions=counter("transactions", "Kafka transactions: committed or aborted", "stage", "outcome"),
        transaction_seconds=histogram(
            "transaction_seconds", "Time to write the last records and commit", _TRANSACTION_BUCKETS_S, "stage"
        ),
        bytes_in_flight=gauge("bytes_in_flight", "Bytes read and not yet processed", "stage"),
        consumer_lag=gauge("consumer_lag", "Messages yet to be processed", "stage", "topic", "partition"),
        partitions_assigned=gauge("partitions_assigned", "Source partitions owned", "stage"),
        partitions_paused=gauge("partitions_paused", "Source partitions paused by flow control", "stage"),
        watermark_lag_seconds=gauge("watermark_lag_seconds", "Watermark behind the clock", "partition"),
        open_rows=gauge("open_rows", "Rows waiting in open windows", "collector"),
        outlet_snapshots=counter(
            "outlet_snapshots", "Sent to outlets, there, refused, replaced by a later one", "collector", "outcome"
        ),
        alerts=counter("alerts", "Alerts given", "collector", "rule"),
        webhooks=counter("webhooks", "Alerts for webhooks: sent, dead, stale", "collector", "outcome"),
        labels=counter(
            "labels", "Labels: joined to a batch at once, waiting for one, joined later, unknown to the end", "outcome"
        ),
        labels_waiting=gauge("labels_waiting", "Labels of events that are in no batch yet"),
        report_seconds=histogram("report_seconds", "Time to compute a report", _REPORT_BUCKETS_S),
        stage_up=gauge("stage_up", "1 while the stage runs", "stage"),
        store_unavailable=counter("store_unavailable", "Attempts that store, registry or outlet refused", "stage"),
    )
