"""Batches of the past as a reference: the latest ones of the same plan before a given one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import pyarrow as pa
import pyarrow.parquet as pq

from streams.core.batches.manifest import Manifest, decode_manifest
from streams.stores.listing import BATCHES
from streams.stores.objects import ObjectStore
from streams.stores.references import ReferenceUnusableError


@dataclass(frozen=True, slots=True)
class BatchPlace:
    """Where a batch stands among those of its plan: by window start, and by number where rows close windows."""

    collector_id: str
    config_hash: str
    start_ms: int
    sequence: int


def past_batches(store: ObjectStore, place: BatchPlace, count: int) -> tuple[Manifest, ...]:
    """The last so many batches with rows before a place, latest first; fewer where there are not as many.

    A function of what the store holds of earlier windows, whenever it is asked. It lists the collector's batches and
    reads the manifests it needs. Raises StoreUnavailableError.
    """
    found: list[Manifest] = []
    for manifest in _latest_first(store, place.collector_id):
        if len(found) == count:
            break
        before = (manifest.start_ms, manifest.sequence) < (place.start_ms, place.sequence)
        if before and manifest.plan.config_hash == place.config_hash and manifest.rows_object is not None:
            found.append(manifest)
    return tuple(found)


def hash_of(manifests: Sequence[Manifest]) -> str:
    """SHA-256 (hex) over those of the batches' rows: names their content together."""
    return hashlib.sha256("".join(one.rows_object.sha256 for one in manifests if one.rows_object).encode()).hexdigest()


def rows_of(store: ObjectStore, manifests: Sequence[Manifest]) -> pa.Table:
    """The rows of batches in one table; a column that a batch lacks is null there.

    Raises ReferenceUnusableError where a column is of one type here and of another there, StoreUnavailableError.
    """
    keys = [one.rows_object.key for one in manifests if one.rows_object is not None]
    tables = [pq.read_table(io.BytesIO(store.get(key))) for key in keys]
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        raise ReferenceUnusableError(
            f"the last {len(keys)} batches do not fit together: {error}: compare with fewer, or with a file"
        ) from error


def _latest_first(store: ObjectStore, collector_id: str) -> Iterator[Manifest]:
    latest_first = reversed(BATCHES.stored(store, collector_id))
    # Batches of one window start stand side by side by their ids; which is later, only their numbers say.
    for _, alike in groupby(latest_first, attrgetter("window_start")):
        manifests = (decode_manifest(store.get(each.key)) for each in alike)
        yield from sorted(manifests, key=attrgetter("sequence"), reverse=True)
