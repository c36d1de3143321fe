"""Decoded events as one Arrow table of fixed shape: what every decoder yields, and what a block is assembled from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.projection import Projection

TEXT_FIELDS = ("id", "model_user_id", "model_app_id", "model_id", "model_version", "caller")
TEXTS = pa.list_(pa.string())
CONCEPTS = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))
# null where missing; text, number (NaN) and truth (-1) as in ScalarColumn
SCALAR = pa.struct([("text", pa.string()), ("number", pa.float64()), ("truth", pa.int8())])


@dataclass(frozen=True, slots=True)
class Read:
    """What a decoder made of events: a table of the good ones, their rows (`kept`, ascending), why others are bad."""

    table: pa.Table
    kept: NDArray[np.int64]
    bad: Mapping[int, Exception]


def event_schema(projection: Projection) -> pa.Schema:
    """Columns for `projection`. Times are epoch milliseconds; lists may be null, which is the same as empty."""
    fields: dict[str, pa.DataType] = dict.fromkeys(TEXT_FIELDS, pa.string())
    fields["time_ms"] = pa.int64()
    fields["collectors"] = TEXTS
    if projection.concepts:
        fields["concepts"] = CONCEPTS
    if projection.input_text:
        fields["input_text"] = pa.string()
    for name, keys in scalar_groups(projection):
        fields |= {f"{name}.{key}": SCALAR for key in keys}
    return pa.schema(list(fields.items()))


def scalar_groups(projection: Projection) -> tuple[tuple[str, list[str]], tuple[str, list[str]]]:
    """The flat objects of an event and which of their keys are looked at, sorted."""
    return ("metadata", sorted(projection.metadata)), ("features", sorted(projection.features))
