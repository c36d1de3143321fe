"""Batches of the past as a reference: the latest ones of the same plan before a given one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from streams.core.batches.manifest import Manifest, decode_manifest
from streams.core.events.arrays import one_array
from streams.core.events.typed import JSON_TEXT, Typed, json_values
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

    Columns of single values that are of one type here and of another there become JSON texts (`core.events.typed`), as
    within a batch. Raises ReferenceUnusableError where others are, StoreUnavailableError.
    """
    keys = [one.rows_object.key for one in manifests if one.rows_object is not None]
    tables = [pq.read_table(io.BytesIO(store.get(key))) for key in keys]
    try:
        return pa.concat_tables(_of_like_columns(tables), promote_options="permissive")
    except pa.ArrowException as error:
        raise ReferenceUnusableError(
            f"the last {len(keys)} batches do not fit together: {error}: compare with fewer, or with a file"
        ) from error


def _of_like_columns(tables: Sequence[pa.Table]) -> list[pa.Table]:
    kinds: dict[str, set[str]] = {}
    for table in tables:
        for field in table.schema:
            kinds.setdefault(field.name, set()).add(_kind(field))
    unlike = {name for name, found in kinds.items() if _JSON in found or len(found - {_NOTHING}) > 1}
    return [_with_json(table, {name for name in unlike if kinds[name] <= _SINGLE}) for table in tables]


def _kind(field: pa.Field) -> str:
    if (field.metadata or {}).items() >= JSON_TEXT.items():
        return _JSON
    is_a, kind = pa.types, field.type
    found = {_NOTHING: is_a.is_null(kind), "text": is_a.is_string(kind), "truth": is_a.is_boolean(kind)}
    found["number"] = is_a.is_integer(kind) or is_a.is_floating(kind)
    return next((name for name, holds in found.items() if holds), str(kind))


def _with_json(table: pa.Table, names: Collection[str]) -> pa.Table:
    for place, field in enumerate(table.schema):
        if field.name in names:
            texts = json_values(Typed(one_array(table.column(place)), is_json=_kind(field) == _JSON))
            table = table.set_column(place, Typed(texts, is_json=True).field(field.name), texts)
    return table


_JSON: Final = "json"
_NOTHING: Final = "nothing"
_SINGLE: Final = frozenset({_JSON, _NOTHING, "text", "truth", "number"})


def _latest_first(store: ObjectStore, collector_id: str) -> Iterator[Manifest]:
    latest_first = reversed(BATCHES.stored(store, collector_id))
    # Batches of one window start stand side by side by their ids; which is later, only their numbers say.
    for _, alike in groupby(latest_first, attrgetter("window_start")):
        manifests = (decode_manifest(store.get(each.key)) for each in alike)
        yield from sorted(manifests, key=attrgetter("sequence"), reverse=True)
