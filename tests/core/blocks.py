"""Blocks of events for tests, from events written as dictionaries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from streams.core.events.block import ConceptColumn, EventBlock, ScalarColumn
from streams.core.events.encoding import JSON
from streams.core.events.projection import Projection

Event = Mapping[str, Any]
EVERYTHING = Projection(concepts=True, input_text=True)


def block_of(events: Sequence[Event], projection: Projection | None = None) -> EventBlock:
    """Make the block that decoding `events` gives.

    Beside an event's own fields, `partition`, `offset`, `index` and `record_time` (ms) say where it was; they
    default to partition 0, its position in the list, 0 and its `time` (ms, default 0). Without `projection`,
    everything that occurs in the events is decoded.
    """
    seen = projection or _everything_in(events)
    ids = _texts(str(one.get("id", f"predictions-0-{row}")) for row, one in enumerate(events))
    models = [one.get("model", {}) for one in events]
    times = [one.get("time", 0) for one in events]
    return EventBlock(
        partitions=np.array([one.get("partition", 0) for one in events], np.int32),
        offsets=np.array([one.get("offset", row) for row, one in enumerate(events)], np.int64),
        indexes=np.array([one.get("index", 0) for one in events], np.int32),
        record_times_ms=np.array(
            [one.get("record_time", time) for one, time in zip(events, times, strict=True)], np.int64
        ),
        event_times_ms=np.array(times, np.int64),
        ids=ids,
        id_hashes=pd.util.hash_array(ids.to_numpy(zero_copy_only=False)) if events else np.empty(0, np.uint64),
        model_user_ids=_texts(model.get("user_id") for model in models),
        model_app_ids=_texts(model.get("app_id") for model in models),
        model_ids=_texts(model.get("id") for model in models),
        model_versions=_texts(model.get("version") for model in models),
        callers=_texts(one.get("caller") for one in events),
        collectors=_lists(one.get("collectors") for one in events),
        concepts=concept_column([one.get("concepts") or [] for one in events]) if seen.concepts else None,
        input_text=_texts(_text_in(one.get("input", {}).get("data")) for one in events) if seen.input_text else None,
        metadata={key: scalar_column([one.get("metadata", {}).get(key) for one in events]) for key in seen.metadata},
        features={key: scalar_column([one.get("features", {}).get(key) for one in events]) for key in seen.features},
        encodings=(JSON,),
        encoding_codes=np.zeros(len(events), np.int8),
        payloads=(pa.array([json.dumps(dict(one)).encode() for one in events], pa.binary()),),
        payload_rows=np.arange(len(events), dtype=np.int64),
    )


def concept_column(rows: Sequence[Sequence[Mapping[str, Any]]]) -> ConceptColumn:
    """Make a concept column from each event's `[{id, name, value}]`."""
    flat = [concept for row in rows for concept in row]
    return ConceptColumn(
        offsets=np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64),
        ids=_texts(concept.get("id", concept.get("name")) for concept in flat),
        names=_texts(concept.get("name") for concept in flat),
        values=np.array([concept["value"] for concept in flat], np.float64),
    )


def scalar_column(values: Sequence[object]) -> ScalarColumn:
    """Make a column of JSON values of any type; None is null."""
    numbers = [float(value) if _is_number(value) else np.nan for value in values]  # type: ignore[arg-type]
    return ScalarColumn(
        text=_texts(_text_in(value) for value in values),
        number=np.array(numbers, np.float64),
        truth=np.array([int(value) if isinstance(value, bool) else -1 for value in values], np.int8),
        present=np.array([value is not None for value in values], np.bool_),
    )


def rows_of(concepts: ConceptColumn | None) -> list[list[dict[str, Any]]]:
    """Take a concept column apart again: each event's `[{id, name, value}]`."""
    assert concepts is not None
    ids, names = concepts.ids.to_pylist(), concepts.names.to_pylist()
    flat = [{"id": i, "name": n, "value": v} for i, n, v in zip(ids, names, concepts.values.tolist(), strict=True)]
    return [flat[start:end] for start, end in zip(concepts.offsets[:-1], concepts.offsets[1:], strict=True)]


def _everything_in(events: Sequence[Event]) -> Projection:
    keys = [frozenset(key for one in events for key in one.get(group, {})) for group in ("metadata", "features")]
    return Projection(concepts=True, input_text=True, metadata=keys[0], features=keys[1])


def _texts(values: Iterable[str | None]) -> pa.StringArray:
    return pa.array(list(values), pa.string())


def _lists(values: Iterable[list[str] | None]) -> pa.ListArray | None:
    listed = list(values)
    return pa.array(listed, pa.list_(pa.string())) if any(listed) else None


def _text_in(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
