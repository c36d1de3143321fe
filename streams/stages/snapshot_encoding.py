"""How snapshots are written on their topic, and read from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Literal

import fastavro
import msgspec

from streams.core.events.messages import Headers
from streams.core.snapshot_avro import from_avro_bytes, to_avro_bytes
from streams.core.snapshots import Snapshot, claimed
from streams.kafka.schemas import shipped_schemas
from streams.stores.errors import ObjectMissingError
from streams.stores.objects import ObjectStore

Encode = Callable[[Snapshot, str], bytes]
"""Takes a snapshot and the key under which its JSON lies in the object store."""


def snapshot_encoding(form: Literal["json", "avro"], inline_bytes: int) -> tuple[str, Encode]:
    """Content type and encoder: canonical JSON, or Avro by `schemas/snapshot.avsc`.

    What would be longer than `inline_bytes` is written as a claim on the object: so every snapshot fits its topic.
    """
    whole = Snapshot.to_json_bytes if form == "json" else _avro_encoder()

    def encode(snapshot: Snapshot, key: str) -> bytes:
        value = whole(snapshot)
        return value if len(value) <= inline_bytes else whole(claimed(snapshot, key))

    return f"application/{form}", encode


def snapshot_decoding() -> Callable[[bytes, Headers | None], Snapshot]:
    """A decoder that goes by the content type in a message's headers. It raises SnapshotFormatError."""
    schema = _schema()

    def decode(value: bytes, headers: Headers | None) -> Snapshot:
        avro = ("content-type", b"application/avro") in (headers or ())
        return from_avro_bytes(value, schema) if avro else Snapshot.from_json_bytes(value)

    return decode


def whole_snapshot(store: ObjectStore, snapshot: Snapshot) -> Snapshot | None:
    """The snapshot itself, or the one that it is a claim on; None where a later one has taken that one's place.

    Raises StoreUnavailableError.
    """
    if snapshot.claim is msgspec.UNSET:
        return snapshot
    try:
        content = store.get(snapshot.claim.key)
    except ObjectMissingError:
        return None
    same = hashlib.sha256(content).hexdigest() == snapshot.claim.sha256
    return Snapshot.from_json_bytes(content) if same else None


def _avro_encoder() -> Callable[[Snapshot], bytes]:
    schema = _schema()
    return lambda snapshot: to_avro_bytes(snapshot, schema)


def _schema() -> fastavro.types.Schema:
    return fastavro.parse_schema(json.loads((shipped_schemas() / "snapshot.avsc").read_text(encoding="utf-8")))
