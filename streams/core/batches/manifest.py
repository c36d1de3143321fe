"""The manifest: what a batch is, where its rows lie, and what became of every event that its window saw."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import numpy as np

from streams.core.json_schemas import json_schema_of
from streams.core.windows.plan import WindowPlan

MANIFEST_FORMAT: Final = 1


class ManifestFormatError(ValueError):
    """Bytes that are no manifest, or one of a newer format."""


class StoredObject(msgspec.Struct, frozen=True):
    """An object in the object store: its key, size and SHA-256 (hex)."""

    key: str
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """The key's last part."""
        return self.key.rpartition("/")[2]


class RowRange(msgspec.Struct, frozen=True):
    """First and last source offset of a partition's rows in this batch, late rows included."""

    partition: int
    first: int
    last: int
    rows: int
    late: int = 0


class OtherColumns(msgspec.Struct, frozen=True):
    """The columns of a batch that are entries of its map column `other_columns`, for too few rows have them.

    `columns` of them have `values` together. `names` are the most frequent ones, by that and then by name; no more than
    `MOST_NAMES`, each cut to `LONGEST_SHOWN` characters.
    """

    columns: int
    values: int
    names: tuple[str, ...]


MOST_NAMES: Final = 100
LONGEST_SHOWN: Final = 200


def other_columns(counts: Mapping[str, int]) -> OtherColumns:
    """What a manifest says of columns in the map: `counts` has the values of each."""
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    names = tuple(name[:LONGEST_SHOWN] for name in ordered[:MOST_NAMES])
    return OtherColumns(len(counts), sum(counts.values()), names)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A batch. Nothing in it depends on when, where or how often it was made.

    `start_ms` and `end_ms` (excluded) bound the window; where only rows close windows they are the slots of the first
    and last row. `sequence` numbers a plan's windows where rows close them, else it is 0. `rows` counts rows in time,
    `late_rows` those kept beside them. `dropped` counts by reason the events that fall into this window and were not
    kept. `other_columns` is there only where some columns are too rare to be columns.
    """

    batch_id: str
    plan: WindowPlan
    source_topic: str
    start_ms: int
    end_ms: int
    sequence: int
    rows: int
    late_rows: int
    dropped: dict[str, int]
    source: tuple[RowRange, ...]
    rows_object: StoredObject | None
    late_object: StoredObject | None
    other_columns: OtherColumns | msgspec.UnsetType = msgspec.UNSET
    format: int = MANIFEST_FORMAT

    @property
    def folder(self) -> str:
        """Collector, window start and batch id: the part that the keys of all objects of this batch share."""
        return folder_of(self.plan.collector_id, self.start_ms, self.batch_id)

    @property
    def objects(self) -> tuple[StoredObject, ...]:
        """The objects with rows: those in time, then those that came late."""
        return tuple(each for each in (self.rows_object, self.late_object) if each is not None)

    @property
    def at_home(self) -> Manifest:
        """The same with its rows in the batch's own folder, wherever they lie now."""
        return self.below("")

    def below(self, folder: str) -> Manifest:
        """The same with its rows in the batch's folder below another one (empty, or ended by a slash)."""
        place = f"{folder}{self.batch_folder}"
        rows, late = (
            stored and msgspec.structs.replace(stored, key=f"{place}/{stored.name}")
            for stored in (self.rows_object, self.late_object)
        )
        return msgspec.structs.replace(self, rows_object=rows, late_object=late)

    @property
    def batch_folder(self) -> str:
        """Where the batch lies."""
        return f"batches/{self.folder}"

    @property
    def snapshot_folder(self) -> str:
        """Where the snapshot of the batch lies."""
        return f"snapshots/{self.folder}"


def folder_of(collector_id: str, start_ms: int, batch_id: str) -> str:
    """The folder of a batch, below `batches/` and below `snapshots/`."""
    start = str(np.datetime_as_string(np.datetime64(start_ms, "ms")))  # has no first and last year
    return f"{collector_id}/{start.replace('-', '').replace(':', '')}Z-{batch_id}"


def replaced_key(key: str, content: bytes) -> str:
    """Where the content of a manifest's or snapshot's object is kept once a promoted replay has taken its place."""
    return f"{key.rpartition('/')[0]}/replaced/{hashlib.sha256(content).hexdigest()[:12]}.json"


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(Manifest)


def encode_manifest(manifest: Manifest) -> bytes:
    """Write a manifest as JSON: the same bytes for the same batch."""
    return _ENCODER.encode(manifest)


def decode_manifest(value: bytes) -> Manifest:
    """Read a manifest; fields of later versions are ignored. Raises ManifestFormatError."""
    try:
        manifest = _DECODER.decode(value)
    except msgspec.MsgspecError as error:
        raise ManifestFormatError(f"no manifest of a batch: {error}") from error
    if manifest.format > MANIFEST_FORMAT:
        raise ManifestFormatError(
            f"the manifest of batch {manifest.batch_id} has format {manifest.format}, this program reads up to "
            f"{MANIFEST_FORMAT}: upgrade it"
        )
    return manifest


def json_schema() -> dict[str, Any]:
    """JSON Schema of a manifest, as in `schemas/batch-manifest.schema.json`."""
    return json_schema_of(Manifest)
