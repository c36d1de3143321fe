"""Where a quality snapshot goes: the object store, then its topic."""

from __future__ import annotations

from streams.kafka.transactions import Outgoing
from streams.stages.report import ReportSettings
from streams.stages.report_process import Published
from streams.stores.listing import quality_key
from streams.stores.objects import ObjectStore


def published_quality(store: ObjectStore, settings: ReportSettings, made: Published) -> Outgoing:
    """Store a revision and its page, under keys of their own; the message that announces it. StoreUnavailableError."""
    snapshot = made.snapshot
    place, page = (quality_key(snapshot, ending) for ending in ("json", "html"))
    store.put(place, snapshot.to_json_bytes())
    store.put(page, made.page)
    headers = (("content-type", settings.content_type.encode()),)
    value = settings.encode(snapshot, place)
    return Outgoing(settings.snapshots, value, snapshot.collector_id.encode(), headers=headers)
