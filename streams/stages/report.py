"""The report stage, the sink: batches in, reports computed and published as snapshots to the object store and
a topic.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from msgspec import UNSET

from streams.core.batches.manifest import Manifest, decode_manifest
from streams.core.collectors.collector import Collector
from streams.core.events.messages import RawMessages
from streams.core.reports.config import ReportConfig
from streams.core.snapshots import BatchFacts, Snapshot, SourceRange
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.records import promoted
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics
from streams.stages.job_processes import JobProcesses, Lost, never
from streams.stages.report_process import Published, ReportJob, compute, lost_report
from streams.stages.runner import Checkpoint
from streams.stages.snapshot_encoding import Encode
from streams.stores.objects import ObjectStore
from streams.stores.past_batches import BatchPlace

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """Topics, and how a snapshot is written on its topic: by `encode`, announced as `content_type`."""

    batches: str
    snapshots: str
    content_type: str
    encode: Encode


@dataclass(slots=True)
class ReportState:
    """The report stage's processor (see `runner.Processor`). Keeps nothing but where it stands.

    A batch whose report fails yields an error snapshot; the batch itself is intact.
    """

    settings: ReportSettings
    collectors: Mapping[str, Collector]
    store: ObjectStore
    processes: JobProcesses
    metrics: Metrics
    _next: dict[int, int] = field(default_factory=dict)
    _published: list[Snapshot] = field(default_factory=list)

    def prepare(self, raw: RawMessages) -> None:
        """Nothing is done ahead."""

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew at the committed offsets."""
        del partition_count
        self._next = {start.partition: start.offset for start in starts}
        self._published = []

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """Compute the reports of a chunk side by side; publish them in order, object first.

        What a replay promoted came with its snapshot.
        """
        found = zip(chunk.raw.values, chunk.raw.headers, strict=True)
        manifests = [decode_manifest(value) for value, headers in found if value is not None and not promoted(headers)]
        published = self.compute(manifests, chunk.given_up.is_set)
        outgoing = list(self.publish(manifests, published))
        self._published += [made.snapshot for made in published]
        for partition, offset in zip(chunk.raw.partitions.tolist(), chunk.raw.offsets.tolist(), strict=True):
            self._next[partition] = offset + 1
        return outgoing

    def tick(self, tick: Tick) -> bool:
        """Time means nothing to this stage."""
        del tick
        return False

    def checkpoint(self) -> Checkpoint:
        """The next batches to report on."""
        published, self._published = self._published, []
        return Checkpoint(
            offsets=[SourceOffset(self.settings.batches, partition, next_) for partition, next_ in self._next.items()],
            committed=partial(self._count, published),
        )

    def _count(self, published: Sequence[Snapshot]) -> None:
        for snapshot in published:
            logger.info(
                "snapshot of batch %s of collector %s: %s", snapshot.batch_id, snapshot.collector_id, snapshot.verdict
            )
            self.metrics.snapshots.labels(snapshot.collector_id, snapshot.verdict.value).inc()

    def compute(self, manifests: Sequence[Manifest], given_up: Callable[[], bool] = never) -> Sequence[Published]:
        """The reports of batches, side by side; an error snapshot for one that takes too long or kills its process."""
        jobs = [report_job(each, self.collectors) for each in manifests]
        found = zip(jobs, self.processes.run(compute, jobs, given_up), strict=True)
        published = [lost_report(job, made) if isinstance(made, Lost) else made for job, made in found]
        for made in published:
            self.metrics.report_seconds.observe(made.seconds)
        return published

    def publish(self, manifests: Sequence[Manifest], published: Sequence[Published]) -> Iterator[Outgoing]:
        """Store each snapshot and its page; then yield the message that announces it."""
        headers = (("content-type", self.settings.content_type.encode()),)
        for manifest, made in zip(manifests, published, strict=True):
            snapshot = made.snapshot
            place = f"{manifest.snapshot_folder}/snapshot.json"
            self.store.put(place, snapshot.to_json_bytes())
            self.store.put(f"{manifest.snapshot_folder}/report.html", made.page)
            if made.evidently is not None:
                self.store.put(f"{manifest.snapshot_folder}/evidently.json", made.evidently)
            key = snapshot.collector_id.encode()
            yield Outgoing(self.settings.snapshots, self.settings.encode(snapshot, place), key, headers=headers)


def report_job(manifest: Manifest, collectors: Mapping[str, Collector]) -> ReportJob:
    """What to compute on a batch: what its collector wants by now, if there still is one."""
    collector = collectors.get(manifest.plan.collector_id)
    late = None if manifest.plan.operators else manifest.late_object  # a window's sample is drawn without late rows
    return ReportJob(
        facts=batch_facts(manifest),
        rows_key=manifest.rows_object.key if manifest.rows_object else None,
        report=collector.report if collector else ReportConfig(),
        reference=collector.reference if collector else None,
        place=BatchPlace(manifest.plan.collector_id, manifest.plan.config_hash, manifest.start_ms, manifest.sequence),
        late_key=late.key if late else None,
    )


def batch_facts(manifest: Manifest) -> BatchFacts:
    """What a snapshot tells about a batch."""
    counted = manifest.plan.trigger.rows is not None
    return BatchFacts(
        collector_id=manifest.plan.collector_id,
        batch_id=manifest.batch_id,
        rows_hash=manifest.rows_object.sha256 if manifest.rows_object else None,
        late_hash=manifest.late_object.sha256 if manifest.late_object else UNSET,
        other_columns=manifest.other_columns,
        start_ms=manifest.start_ms,
        end_ms=manifest.end_ms,
        sequence=manifest.sequence if counted else None,
        rows=manifest.rows,
        late_rows=manifest.late_rows,
        dropped=manifest.dropped,
        source_ranges=tuple(
            SourceRange(topic=manifest.source_topic, partition=each.partition, first=each.first, last=each.last)
            for each in manifest.source
        ),
    )
