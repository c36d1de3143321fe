"""From decoded groups to one block: the order polled, and what only the message knows of id and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.arrays import blank_rows, one_array, valid_rows
from streams.core.events.block import ConceptColumn, EventBlock, ScalarColumn
from streams.core.events.messages import NO_TIMESTAMP, RawMessages
from streams.core.events.payloads import Payloads
from streams.core.events.projection import Projection
from streams.core.events.table import event_schema


@dataclass(frozen=True, slots=True)
class Group:
    """Good events of one encoding, row for row with their columns."""

    payloads: Payloads
    table: pa.Table


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where each event came from: row of its message, position there, group and row in the group."""

    messages: NDArray[np.int64]
    indexes: NDArray[np.int32]
    many: NDArray[np.bool_]
    codes: NDArray[np.int16]
    rows: NDArray[np.int64]

    def take(self, order: NDArray[np.int64]) -> _Origin:
        return _Origin(self.messages[order], self.indexes[order], self.many[order], self.codes[order], self.rows[order])


def assemble(messages: RawMessages, groups: Sequence[Group], projection: Projection) -> EventBlock:
    """Merge groups into the order polled and complete ids and times."""
    origin = _origin(groups)
    table = pa.concat_tables([event_schema(projection).empty_table(), *(group.table for group in groups)])
    if len(groups) > 1:
        order = np.lexsort((origin.indexes, origin.messages))
        origin, table = origin.take(order), table.take(pa.array(order))
    columns = {name: one_array(table.column(name)) for name in table.column_names}
    stamps = messages.timestamps_ms[origin.messages]
    event_times = _completed_times(columns["time_ms"], stamps)
    ids = _completed_ids(columns["id"], messages, origin)
    return EventBlock(
        partitions=messages.partitions[origin.messages],
        offsets=messages.offsets[origin.messages],
        indexes=origin.indexes,
        record_times_ms=np.where(stamps == NO_TIMESTAMP, event_times, stamps),
        event_times_ms=event_times,
        ids=ids,
        id_hashes=hashed(ids),
        model_user_ids=columns["model_user_id"],
        model_app_ids=columns["model_app_id"],
        model_ids=columns["model_id"],
        model_versions=columns["model_version"],
        callers=columns["caller"],
        collectors=columns["collectors"] if columns["collectors"].null_count < len(ids) else None,
        concepts=_concepts(columns["concepts"]) if projection.concepts else None,
        input_text=columns.get("input_text"),
        metadata={key: _scalar(columns[f"metadata.{key}"]) for key in projection.metadata},
        features={key: _scalar(columns[f"features.{key}"]) for key in projection.features},
        encodings=tuple(group.payloads.encoding for group in groups),
        encoding_codes=origin.codes,
        payloads=tuple(group.payloads.values for group in groups),
        payload_rows=origin.rows,
    )


def hashed(ids: pa.StringArray) -> NDArray[np.uint64]:
    """64 bits per id, the same on every machine."""
    encoded = ids.view(pa.binary()).to_numpy(zero_copy_only=False)  # of texts pandas hashes the UTF-8, one copy more
    out: NDArray[np.uint64] = pd.util.hash_array(encoded, categorize=False)
    return out


def _origin(groups: Sequence[Group]) -> _Origin:
    parts = [group.payloads for group in groups]
    return _Origin(
        np.concatenate([np.zeros(0, np.int64), *(part.messages for part in parts)]),
        np.concatenate([np.zeros(0, np.int32), *(part.indexes for part in parts)]),
        np.concatenate([np.zeros(0, np.bool_), *(part.many for part in parts)]),
        np.repeat(np.arange(len(parts), dtype=np.int16), [len(part) for part in parts]),
        np.concatenate([np.zeros(0, np.int64), *(np.arange(len(part), dtype=np.int64) for part in parts)]),
    )


def _completed_ids(ids: pa.StringArray, messages: RawMessages, origin: _Origin) -> pa.StringArray:
    missing = blank_rows(ids)
    if not missing.any():
        return ids
    rows, many = origin.messages[missing], origin.many[missing]
    parts = [messages.partitions[rows], messages.offsets[rows]]
    place = [pa.array(part).cast(pa.string()) for part in parts]
    derived = pc.binary_join_element_wise(messages.topic, *place, "-")
    position = pa.array(origin.indexes[missing]).cast(pa.string())
    derived = pc.if_else(pa.array(many), pc.binary_join_element_wise(derived, position, "-"), derived)
    return pc.replace_with_mask(ids, pa.array(missing), derived)


def _completed_times(times: pa.Int64Array, record_times: NDArray[np.int64]) -> NDArray[np.int64]:
    if not times.null_count:
        known: NDArray[np.int64] = times.to_numpy()
        return known
    completed: NDArray[np.int64] = pc.coalesce(times, pa.array(record_times)).to_numpy()
    return completed


def _concepts(listed: pa.ListArray) -> ConceptColumn:
    flat = listed.flatten()
    counts = pc.list_value_length(listed).fill_null(0).to_numpy()
    ids, names, values = flat.flatten()
    return ConceptColumn(
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)]),
        ids=pc.coalesce(ids, names) if ids.null_count else ids,
        names=names,
        values=values.to_numpy(),
    )


def _scalar(column: pa.StructArray) -> ScalarColumn:
    # flatten (unlike field) carries the struct's own nulls into its children
    text, number, truth = column.flatten()
    present = valid_rows(column)
    return ScalarColumn(
        text,
        number.fill_null(np.nan).to_numpy(zero_copy_only=False),
        truth.fill_null(-1).to_numpy(zero_copy_only=False),
        present,
    )
