"""From a closed window to bytes: the batch."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from streams.core import ids
from streams.core.batches.manifest import Manifest, RowRange, StoredObject
from streams.core.batches.rows import table_of
from streams.core.operators.table import parse_window_operator
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.plan import WindowOperator

_CUTTING = ["slot_time", "late", "id_hash"]
_ROW_GROUP = 131_072


@dataclass(frozen=True, slots=True)
class Batch:
    """A manifest and the objects that it names, to be stored before the manifest is published."""

    manifest: Manifest
    objects: tuple[tuple[str, bytes], ...]


def build_batch(closed: ClosedWindow) -> Batch:
    """Parse, order and cut the rows of a window, and write them as Parquet. Deterministic to the byte."""
    plan = closed.plan
    dropped = Counter(dict(closed.dropped))
    kept, late = _rows(closed, dropped)
    manifest = Manifest(
        batch_id=ids.batch_id(plan.collector_id, plan.config_hash, closed.start_ms, closed.end_ms, closed.sequence),
        plan=plan,
        source_topic=closed.source_topic,
        start_ms=closed.start_ms,
        end_ms=closed.end_ms,
        sequence=closed.sequence,
        rows=_count(kept),
        late_rows=_count(late),
        dropped={reason: number for reason, number in sorted(dropped.items()) if number},
        source=_ranges(kept, late),
        rows_object=None,
        late_object=None,
    )
    rows = _stored(f"{manifest.batch_folder}/rows.parquet", kept)
    beside = _stored(f"{manifest.batch_folder}/late.parquet", late)
    return Batch(
        msgspec.structs.replace(manifest, rows_object=rows and rows[0], late_object=beside and beside[0]),
        tuple((stored.key, content) for stored, content in filter(None, (rows, beside))),
    )


def _rows(closed: ClosedWindow, dropped: Counter[str]) -> tuple[pa.Table | None, pa.Table | None]:
    if not closed.segments:
        return None, None
    table = table_of(closed.segments, by_arrival=closed.plan.order == "arrival")
    late = table["late"]
    kept = table.filter(pa.compute.invert(late))
    for operator in closed.plan.operators:
        kept = _operate(operator, kept, dropped)
    return kept, table.filter(late)


def _operate(operator: WindowOperator, rows: pa.Table, dropped: Counter[str]) -> pa.Table:
    keeps = parse_window_operator(operator.declaration).keep_rows(rows, rows["id_hash"].to_numpy(), operator.salt)
    dropped[operator.reason] += int(len(keeps) - np.count_nonzero(keeps))
    return rows.filter(pa.array(keeps))


def _count(rows: pa.Table | None) -> int:
    return 0 if rows is None else int(rows.num_rows)


def _ranges(kept: pa.Table | None, late: pa.Table | None) -> tuple[RowRange, ...]:
    tables = [rows.select(["partition", "offset", "late"]) for rows in (kept, late) if rows is not None]
    if not tables:
        return ()
    rows = pa.concat_tables(tables)
    partitions, offsets, flags = (rows[name].to_numpy() for name in ("partition", "offset", "late"))
    return tuple(
        _range(partition, offsets[at], flags[at])
        for partition in np.unique(partitions).tolist()
        for at in (partitions == partition,)
    )


def _range(partition: int, offsets: np.ndarray, late: np.ndarray) -> RowRange:
    beside = int(np.count_nonzero(late))
    return RowRange(partition, int(offsets.min()), int(offsets.max()), len(offsets) - beside, beside)


def _stored(key: str, rows: pa.Table | None) -> tuple[StoredObject, bytes] | None:
    if rows is None or not rows.num_rows:
        return None
    content = parquet_bytes(rows.drop_columns(_CUTTING))
    return StoredObject(key, len(content), hashlib.sha256(content).hexdigest()), content


def parquet_bytes(table: pa.Table) -> bytes:
    """Parquet with fixed options, of a table in one chunk: the same rows give the same bytes with one version
    of pyarrow.
    """
    buffer = io.BytesIO()
    pq.write_table(table.combine_chunks(), buffer, compression="zstd", row_group_size=_ROW_GROUP, version="2.6")
    return buffer.getvalue()
