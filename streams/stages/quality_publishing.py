"""Where a quality snapshot goes: the object store, then its topic."""

from __future__ import annotations

from streams.core.batches.manifest import folder_of
from streams.kafka.transactions import Outgoing
from streams.stages.report import ReportSettings
from streams.stages.report_process import Published
from streams.stores.listing import quality_key
from streams.stores.objects import ObjectStore


def published_quality(store: ObjectStore, settings: ReportSettings, made: Published) -> Outgoing:
    """Store a revision and its page, under keys of their own; the message that announces it. StoreUnavailableError."""
    snapshot = made.snapshot
    folder = folder_of(snapshot.collector_id, snapshot.start_ms or 0, snapshot.batch_id)
    revision = 0 if snapshot.labels_used is None else snapshot.labels_used.revision
    place, page = (quality_key(f"snapshots/{folder}", revision, ending) for ending in ("json", "html"))
    store.put(place, snapshot.to_json_bytes())
    store.put(page, made.page)
    headers = (("content-type", settings.content_type.encode()),)
    value = settings.encode(snapshot, place)
    return Outgoing(settings.snapshots, value, snapshot.collector_id.encode(), headers=headers)
