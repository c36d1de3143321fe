"""An object store with batches and snapshots as a worker leaves them, made by the same code but for Kafka."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from streams.core import segments
from streams.core.batches.build import build_batch
from streams.core.batches.manifest import Manifest, encode_manifest
from streams.core.collectors.collector import Collector
from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.segments import Segment
from streams.core.snapshots import BatchFacts, ReferenceUsed, Snapshot, report_snapshot
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.slots import Slots
from streams.stores.objects import ObjectStore
from tests.core.batches.closed_windows import BIG, HOUR_MS, decoded, segments_of
from tests.core.events.chunks import events_as_json

Event = Mapping[str, Any]


def put_batch(
    store: ObjectStore,
    collector: Collector,
    events: Sequence[Event],
    hour: int,
    sequence: int = 0,
    late: Sequence[Event] = (),
) -> Manifest:
    """Store the batch of an hour since 1970, with events that came late beside it."""
    kept = segments_of(collector, decoded(collector, events_as_json(events))) if events else []
    kept += _late_segments(collector, late) if late else []
    start = hour * HOUR_MS
    window = ClosedWindow(collector.plan(), "predictions", start, start + HOUR_MS, sequence, tuple(kept), {"caller": 2})
    batch = build_batch(window)
    for key, content in batch.objects:
        store.put(key, content)
    store.put(f"{batch.manifest.batch_folder}/manifest.json", encode_manifest(batch.manifest))
    return batch.manifest


def _late_segments(collector: Collector, events: Sequence[Event]) -> list[Segment]:
    count = len(events)
    placed = Slots(np.zeros(count, np.int64), np.ones(count, np.bool_))
    block = decoded(collector, events_as_json(events))
    return [segments.decode(each) for each in segments.encode(block, placed.late, placed, collector.plan(), BIG)]


def put_snapshot(store: ObjectStore, manifest: Manifest, reference: Manifest, report: Mapping[str, Any]) -> Snapshot:
    """Store the report of a batch, compared with another one's rows."""
    rows, compared = (report_dataset(table_of(store, each)) for each in (manifest, reference))
    facts = BatchFacts(
        collector_id=manifest.plan.collector_id,
        batch_id=manifest.batch_id,
        start_ms=manifest.start_ms,
        end_ms=manifest.end_ms,
        rows=manifest.rows,
        dropped=manifest.dropped,
    )
    used = ReferenceUsed(name="reference.parquet", hash="d" * 64)
    snapshot = report_snapshot(facts, compute_report(rows, compared, ReportConfig.model_validate(report)), used)
    store.put(f"{manifest.snapshot_folder}/snapshot.json", snapshot.to_json_bytes())
    store.put(f"{manifest.snapshot_folder}/report.html", b"<html>")
    return snapshot


def table_of(store: ObjectStore, manifest: Manifest) -> Any:
    assert manifest.rows_object is not None
    return pq.read_table(io.BytesIO(store.get(manifest.rows_object.key)))
