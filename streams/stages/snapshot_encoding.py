"""How snapshots are written on their topic."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

import fastavro

from streams.core.events.messages import Headers
from streams.core.snapshot_avro import from_avro_bytes, to_avro_bytes
from streams.core.snapshots import Snapshot
from streams.kafka.schemas import shipped_schemas


def snapshot_encoding(form: Literal["json", "avro"]) -> tuple[str, Callable[[Snapshot], bytes]]:
    """Content type and encoder: canonical JSON, or Avro by `schemas/snapshot.avsc`."""
    if form == "json":
        return "application/json", Snapshot.to_json_bytes
    schema = _schema()
    return "application/avro", lambda snapshot: to_avro_bytes(snapshot, schema)


def snapshot_decoding() -> Callable[[bytes, Headers | None], Snapshot]:
    """A decoder that goes by the content type in a message's headers. It raises SnapshotFormatError."""
    schema = _schema()

    def decode(value: bytes, headers: Headers | None) -> Snapshot:
        avro = ("content-type", b"application/avro") in (headers or ())
        return from_avro_bytes(value, schema) if avro else Snapshot.from_json_bytes(value)

    return decode


def _schema() -> fastavro.types.Schema:
    return fastavro.parse_schema(json.loads((shipped_schemas() / "snapshot.avsc").read_text(encoding="utf-8")))
