"""From a closed window to bytes: the batch."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from streams.core import ids
from streams.core.batches.manifest import Manifest, RowRange, StoredObject, other_columns
from streams.core.batches.rows import RefusedRow, batch_rows, refused_segments
from streams.core.events.parse import PayloadParserState
from streams.core.operators.table import parse_window_operator
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.plan import UNPROCESSABLE, WindowOperator

_CUTTING = ["slot_time", "late", "id_hash"]
_ROW_GROUP = 131_072


@dataclass(frozen=True, slots=True)
class Batch:
    """A manifest and the objects that it names, to be stored before the manifest is published; and the rows that it
    counts as dropped because nobody can process them.
    """

    manifest: Manifest
    objects: tuple[tuple[str, bytes], ...]
    refused: tuple[RefusedRow, ...] = ()


def build_batch(closed: ClosedWindow, parser: PayloadParserState | None = None) -> Batch:
    """Parse, order and cut the rows of a window, and write them as Parquet. Deterministic to the byte.

    What a row provokes costs that row, and what rows provoke only together costs the batch its rows: they are
    `refused`, and counted as dropped under `UNPROCESSABLE`. Only a lack of memory, which is nobody's fault, is raised.
    """
    try:
        return _batch(closed, _rows(closed, parser))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever events provoke must not stop the windows of others
        nothing = _Rows(None, None, Counter(dict(closed.dropped)), {}, refused_segments(closed.segments, error))
        return _batch(closed, nothing)


def _batch(closed: ClosedWindow, rows: _Rows) -> Batch:
    plan = closed.plan
    dropped = rows.dropped + Counter({UNPROCESSABLE: len(rows.refused)})
    manifest = Manifest(
        batch_id=ids.batch_id(plan.collector_id, plan.config_hash, closed.start_ms, closed.end_ms, closed.sequence),
        plan=plan,
        source_topic=closed.source_topic,
        start_ms=closed.start_ms,
        end_ms=closed.end_ms,
        sequence=closed.sequence,
        rows=_count(rows.kept),
        late_rows=_count(rows.late),
        dropped={reason: number for reason, number in sorted(dropped.items()) if number},
        source=_ranges(rows.kept, rows.late),
        rows_object=None,
        late_object=None,
        other_columns=other_columns(rows.other_columns) if rows.other_columns else msgspec.UNSET,
    )
    kept = _stored(f"{manifest.batch_folder}/rows.parquet", rows.kept)
    beside = _stored(f"{manifest.batch_folder}/late.parquet", rows.late)
    return Batch(
        msgspec.structs.replace(manifest, rows_object=kept and kept[0], late_object=beside and beside[0]),
        tuple((stored.key, content) for stored, content in filter(None, (kept, beside))),
        rows.refused,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows in time and late ones, and what became of the others."""

    kept: pa.Table | None
    late: pa.Table | None
    dropped: Counter[str]
    other_columns: Mapping[str, int]
    refused: tuple[RefusedRow, ...]


def _rows(closed: ClosedWindow, parser: PayloadParserState | None) -> _Rows:
    dropped = Counter(dict(closed.dropped))
    if not closed.segments:
        return _Rows(None, None, dropped, {}, ())
    plan = closed.plan
    found = batch_rows(closed.segments, plan.most_cells, by_arrival=plan.order == "arrival", parser=parser)
    if found.table is None:
        return _Rows(None, None, dropped, {}, found.refused)
    late = found.table["late"]
    kept = found.table.filter(pa.compute.invert(late))
    for operator in plan.operators:
        kept = _operate(operator, kept, dropped)
    return _Rows(kept, found.table.filter(late), dropped, found.other_columns, found.refused)


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
