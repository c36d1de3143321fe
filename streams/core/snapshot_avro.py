"""Snapshots in Avro, by `schemas/snapshot.avsc`: the summary as fields, the whole report as JSON text.

Schemas are arguments, because reading files is no business of this package.
"""

import io
from datetime import datetime
from typing import Any

import fastavro
import msgspec
from fastavro.types import Schema

from streams.core.reports.results import Report
from streams.core.snapshot_summary import Claim, Summary
from streams.core.snapshots import Snapshot, SnapshotFormatError

_ADDED = ("kind", "labels", "evidently_sha256", "texts_cut", "claim", "late_hash", "other_columns")
_NOT_YET_KNOWN = b"\x00" * len(_ADDED)  # a union's null for each: the end of older snapshots lacks them


def to_avro_bytes(snapshot: Snapshot, schema: Schema) -> bytes:
    """One Avro datum without header. Equal snapshots give equal bytes: maps are written in the order of keys."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, _record(snapshot))
    return out.getvalue()


def from_avro_bytes(raw: bytes, writer_schema: Schema, reader_schema: Schema | None = None) -> Snapshot:
    """Read one datum, resolved to `reader_schema` where the writer's is another. Raises SnapshotFormatError."""
    try:
        read: Any = fastavro.schemaless_reader(io.BytesIO(raw + _NOT_YET_KNOWN), writer_schema, reader_schema)
        return msgspec.convert(_fields(read), Snapshot)
    except Exception as error:
        raise SnapshotFormatError(f"no snapshot: {type(error).__name__}: {error}") from error


def _record(snapshot: Snapshot) -> dict[str, Any]:
    drift = snapshot.drift
    record: dict[str, Any] = msgspec.to_builtins(snapshot)
    return record | {
        "dropped": dict(sorted(snapshot.dropped.items())),
        "report": None if snapshot.report is None else _json_text(snapshot.report),
        "compared_columns": drift.get("columns"),
        "drifted_columns": drift.get("drifted_columns", []),
        "drift_share": drift.get("share"),
        "claim": None if snapshot.claim is msgspec.UNSET else _claim(snapshot.claim),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return msgspec.structs.asdict(claim) | {"summary": _json_text(claim.summary)}


def _json_text(part: Report | Summary) -> str:
    return msgspec.json.encode(part, order="sorted").decode()


def _fields(read: dict[str, Any]) -> dict[str, Any]:
    report = read.pop("report")
    for bound in ("start_ms", "end_ms"):
        read[bound] = _epoch_ms(read[bound])
    added = {name: found for name in _ADDED if (found := read.pop(name, None)) is not None}
    if "claim" in added:
        added["claim"]["summary"] = msgspec.json.decode(added["claim"]["summary"])
    return read | added | {"report": None if report is None else msgspec.json.decode(report)}


def _epoch_ms(moment: datetime | int | None) -> int | None:
    return round(moment.timestamp() * 1000) if isinstance(moment, datetime) else moment
