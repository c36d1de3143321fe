"""Rows of a dataset by a condition on its columns."""

import numpy as np
import pyarrow as pa

from streams.core.events.block import ScalarColumn
from streams.core.operators.conditions import Condition
from streams.core.reports.column import Column, Family
from streams.core.reports.dataset import Dataset


def rows_where(dataset: Dataset, condition: Condition) -> pa.Array:
    """True for each row where the condition holds. Raises ValueError for fields that are no columns."""
    for name in sorted(condition.names()):
        if name not in dataset.columns:
            raise ValueError(f"there is no column {name!r} to slice by")
    return pa.array(condition.holds(lambda name: _scalars(dataset.columns[name])))


def _scalars(column: Column) -> ScalarColumn:
    values, rows = column.values.combine_chunks(), column.rows
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    text, number, truth = pa.nulls(rows, pa.string()), np.full(rows, np.nan), np.full(rows, -1, np.int8)
    match column.family:
        case Family.STRING:
            text = values.cast(pa.string())
        case Family.NUMBER:
            number = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        case Family.TRUTH:
            truth = values.cast(pa.int8()).fill_null(-1).to_numpy(zero_copy_only=False)
        case Family.TIME:
            text = _as_text(values)
        case Family.NONE:
            pass
    present = values.is_valid().to_numpy(zero_copy_only=False) & ~(np.isnan(number) & (column.family is Family.NUMBER))
    return ScalarColumn(text, number, truth, present)


def _as_text(instants: pa.Array) -> pa.Array:
    """Instants as RFC 3339 to the second in UTC, so that they compare as text: `2026-11-21T10:00:00Z`."""
    return pa.compute.strftime(instants.cast(pa.timestamp("s", tz="UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
