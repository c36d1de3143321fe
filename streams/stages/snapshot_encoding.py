"""How snapshots are written on their topic."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

import fastavro

from streams.core.snapshot_avro import to_avro_bytes
from streams.core.snapshots import Snapshot
from streams.kafka.schemas import shipped_schemas


def snapshot_encoding(form: Literal["json", "avro"]) -> tuple[str, Callable[[Snapshot], bytes]]:
    """Content type and encoder: canonical JSON, or Avro by `schemas/snapshot.avsc`."""
    if form == "json":
        return "application/json", Snapshot.to_json_bytes
    schema = fastavro.parse_schema(json.loads((shipped_schemas() / "snapshot.avsc").read_text()))
    return "application/avro", lambda snapshot: to_avro_bytes(snapshot, schema)
