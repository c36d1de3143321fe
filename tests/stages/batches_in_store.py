"""Batches as the window stage leaves them in an object store."""

import hashlib

import pyarrow as pa

from streams.core import ids
from streams.core.batches.build import parquet_bytes
from streams.core.batches.manifest import Manifest, StoredObject, encode_manifest
from streams.core.windows.plan import Trigger, WindowPlan
from streams.stores.objects import ObjectStore
from streams.stores.past_batches import BatchPlace

HOUR_MS = 3_600_000
START_MS = 1_795_255_200_000


def put_batch(
    store: ObjectStore,
    hour: int,
    rows: pa.Table | None,
    config: str = "c1",
    sequence: int = 0,
    collector: str = "hourly",
) -> Manifest:
    """Store the batch of an hour from START_MS on (None: without rows), and return its manifest."""
    start = START_MS + hour * HOUR_MS
    plan = WindowPlan(collector, config, Trigger("interval", interval_ms=HOUR_MS))
    manifest = Manifest(
        batch_id=ids.batch_id(collector, config, start, start + HOUR_MS, sequence),
        plan=plan,
        source_topic="predictions",
        start_ms=start,
        end_ms=start + HOUR_MS,
        sequence=sequence,
        rows=0 if rows is None else rows.num_rows,
        late_rows=0,
        dropped={},
        source=(),
        rows_object=None,
        late_object=None,
    )
    if rows is not None:
        content = parquet_bytes(rows)
        key = f"{manifest.batch_folder}/rows.parquet"
        store.put(key, content)
        stored = StoredObject(key, len(content), hashlib.sha256(content).hexdigest())
        manifest = Manifest(
            **{name: getattr(manifest, name) for name in Manifest.__struct_fields__} | {"rows_object": stored}
        )
    store.put(f"{manifest.batch_folder}/manifest.json", encode_manifest(manifest))
    return manifest


def place_of(manifest: Manifest) -> BatchPlace:
    """Where a batch stands among those of its plan."""
    return BatchPlace("hourly", manifest.plan.config_hash, manifest.start_ms, manifest.sequence)
