"""What both generations of Evidently's UI are told alike: what a snapshot is, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from streams.core.snapshots import Snapshot

SNAPSHOT_KEY = "streams_snapshot"
CONTENT_KEY = "streams_content"


def metadata(snapshot: Snapshot) -> dict[str, str]:
    """What a delivered snapshot is found again by, and what people want to know of it. Texts alone."""
    told: dict[str, object] = {
        SNAPSHOT_KEY: snapshot.id,
        CONTENT_KEY: snapshot.content_sha256,
        "collector": snapshot.collector_id,
        "batch": snapshot.batch_id,
        "rows": snapshot.rows,
        "late_rows": snapshot.late_rows,
        "dropped": sum(snapshot.dropped.values()),
        "verdict": snapshot.verdict.value,
        "reference": None if snapshot.reference is None else snapshot.reference.name,
        "reference_sha256": None if snapshot.reference is None else snapshot.reference.hash,
        "error": snapshot.reason,
    }
    return {name: str(value) for name, value in told.items() if value is not None}


def timestamp(snapshot: Snapshot) -> str:
    """The end of the window in UTC, without a zone: the UI fails over naive and aware times side by side."""
    return str(np.datetime_as_string(np.datetime64(snapshot.end_ms or 0, "ms")))


def envelope(snapshot: Snapshot) -> dict[str, Any]:
    """Name, time, metadata and tags."""
    return {
        "name": snapshot.collector_id,
        "timestamp": timestamp(snapshot),
        "metadata": metadata(snapshot),
        "tags": [snapshot.collector_id, snapshot.verdict.value],
    }


def with_envelope(snapshot: Snapshot, own: dict[str, Any]) -> dict[str, Any]:
    """Evidently's own snapshot as it is, but for what it is found by."""
    ours = envelope(snapshot)
    return {**own, **ours, "metadata": {**own.get("metadata", {}), **ours["metadata"]}}
