"""Batches as they lie in the object store, below `batches/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.core.batches.manifest import Manifest, decode_manifest
from streams.stores.objects import ObjectStore

_FOLDER = "batches"
_KEY = re.compile(r"batches/(?P<collector>[^/]+)/(?P<window>[^/]+Z)-(?P<batch>[0-9a-f]+)/manifest\.json")


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """Where a batch's manifest lies. `window_start` is as in the key, such as `20261121T100000.000Z`."""

    collector_id: str
    window_start: str
    batch_id: str
    key: str


def stored_batches(store: ObjectStore, collector_id: str | None = None) -> tuple[StoredBatch, ...]:
    """Every batch of one collector, or of all, by collector and window start."""
    below = f"{_FOLDER}/{collector_id}" if collector_id else _FOLDER
    return tuple(
        sorted(_recognised(store.keys(below)), key=lambda each: (each.collector_id, each.window_start, each.key))
    )


def find_batch(store: ObjectStore, batch_id: str) -> StoredBatch | None:
    """The batch of an id; the first characters of the id are enough. None where none or several match."""
    found = [each for each in stored_batches(store) if each.batch_id.startswith(batch_id)]
    return found[0] if len(found) == 1 else None


def read_manifest(store: ObjectStore, batch: StoredBatch) -> Manifest:
    """Raises ObjectMissingError, ManifestFormatError."""
    return decode_manifest(store.get(batch.key))


def _recognised(keys: Sequence[str]) -> Iterator[StoredBatch]:
    for key in keys:
        found = _KEY.fullmatch(key)
        if found:
            yield StoredBatch(found["collector"], found["window"], found["batch"], key)
