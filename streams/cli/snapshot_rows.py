"""Snapshots as rows of tables, and from the records of their topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from streams.cli.times import moment_text

if TYPE_CHECKING:
    from streams.core.snapshots import Snapshot
    from streams.kafka.scan import Record

COLUMNS = ("collector", "window", "rows", "late", "drift_share", "drifted_columns", "verdict", "batch")
_SHORT_ID = 12


def snapshot_row(snapshot: Snapshot) -> dict[str, object]:
    """The summary of a snapshot; values that are unknown are None."""
    return {
        "collector": snapshot.collector_id,
        "window": window_text(snapshot),
        "rows": snapshot.rows,
        "late": snapshot.late_rows,
        "dropped": snapshot.dropped,
        "drift_share": snapshot.drift.get("share"),
        "drifted_columns": snapshot.drift.get("drifted_columns"),
        "verdict": snapshot.verdict.value,
        "error": snapshot.error,
        "batch": snapshot.batch_id[:_SHORT_ID],
        "batch_id": snapshot.batch_id,
        "id": snapshot.id,
        "start_ms": snapshot.start_ms,
        "end_ms": snapshot.end_ms,
    }


def window_text(snapshot: Snapshot) -> str:
    """When a window was, in UTC; a sequence number where rows cut it."""
    bounds = [moment_text(ms) for ms in (snapshot.start_ms, snapshot.end_ms)]
    number = "" if snapshot.sequence is None else f" #{snapshot.sequence}"
    return f"{bounds[0]} - {_without_day(bounds[1], bounds[0])}{number}"


def decoder() -> Callable[[Record], Snapshot | None]:
    """A function that reads snapshots by their content type; None for what has no value. Raises SnapshotFormatError."""
    import json

    import fastavro

    from streams.core.snapshot_avro import from_avro_bytes
    from streams.core.snapshots import Snapshot
    from streams.kafka.schemas import shipped_schemas

    text = (shipped_schemas() / "snapshot.avsc").read_text(encoding="utf-8")
    schema = fastavro.parse_schema(json.loads(text))

    def decoded(record: Record) -> Snapshot | None:
        if record.value is None:
            return None
        if record.headers.get("content-type") == b"application/avro":
            return from_avro_bytes(record.value, schema)
        return Snapshot.from_json_bytes(record.value)

    return decoded


def column_rows(snapshot: Snapshot) -> Iterator[dict[str, object]]:
    """What a report says of each column's drift."""
    if snapshot.report is None:
        return
    for name, kind in snapshot.report.columns.items():
        entry = snapshot.report.of("value_drift", name)
        values = {} if entry is None or entry.current is None else entry.current
        yield {
            "column": name,
            "kind": kind,
            "drifted": values.get("drifted"),
            "method": values.get("method"),
            "score": values.get("score"),
            "threshold": values.get("threshold"),
            "note": None if entry is None else entry.error,
        }


def _without_day(end: str, start: str) -> str:
    return end[11:] if end[:10] == start[:10] and len(end) > len("2026-11-21") else end
