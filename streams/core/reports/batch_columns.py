"""Which columns of a batch a report is about, under the names that users know.

A batch keeps an event's parts apart (`features.age`, `metadata.region`); reference data has the model's own
column names (`age`), or those of a batch.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.dataset import Dataset
from streams.core.reports.mixed import mixed_column

_FEATURES: Final = "features."
_REPORTED: Final = ("prediction", _FEATURES, "metadata.", "extra.", "input.data")


def report_dataset(rows: pa.Table) -> Dataset:
    """A batch's rows, or reference data, as reports see them.

    ``report_table``, and beside it concepts, lists, and columns of JSON texts, whose values may be of several types.
    """
    if not _is_batch(rows):
        table = report_table(rows)
        marked = [field.name for field in table.schema if _is_json(field)]
        mixed = {name: mixed_column(name, table.column(name)) for name in marked}
        return Dataset(table.drop_columns(marked), table.select(marked) if marked else None, mixed)
    mixed = {name: mixed_column(name, rows.column(field)) for field, name in _mixed(rows).items()}
    return Dataset(report_table(rows), _beside(rows), mixed)


def report_table(rows: pa.Table) -> pa.Table:
    """The columns of a batch's rows to report on; all columns of a table that is no batch.

    In both, `features.x` becomes `x` (but for a feature called `prediction` or `metadata.y`, which would hide another
    column). Of a batch, `prediction`, `metadata.y`, `extra.z` and `input.data` stay, and `concepts` become
    `top_concept` (id, else name, of the likeliest) and `confidence` (its value) where no feature has that name. What
    is left out of it says where a row comes from and not what it is (id, time, offset, model ...), or is nested.
    """
    if not _is_batch(rows):
        return rows.rename_columns([_own_name(name, rows.column_names) for name in rows.column_names])
    names = _reported(rows)
    fields = [field.name for field in rows.schema if field.name in names and not _is_json(field)]
    chosen = rows.select(fields).rename_columns([names[name] for name in fields])
    for name, column in _strongest_concept(rows).items():
        if name not in chosen.column_names:
            chosen = chosen.append_column(name, column)
    return chosen


def _is_batch(rows: pa.Table) -> bool:
    return {"partition", "offset", "index"} <= set(rows.column_names)


def _reported(rows: pa.Table) -> dict[str, str]:
    """Fields that hold, or may hold, single values, and what reports call them."""
    fields = [field.name for field in rows.schema if field.name.startswith(_REPORTED) and not _is_nested(field)]
    return {name: _own_name(name, fields) for name in fields}


def _mixed(rows: pa.Table) -> dict[str, str]:
    return {field: name for field, name in _reported(rows).items() if _is_json(rows.schema.field(field))}


def _beside(rows: pa.Table) -> pa.Table:
    lists = [one for one in rows.schema if one.name.startswith(_REPORTED) and (_is_nested(one) or _is_json(one))]
    names = [one.name for one in lists]
    own = [_own_name(name, rows.column_names) for name in names]
    beside = rows.select(names).rename_columns(own)
    return beside.append_column("concepts", rows.column("concepts")) if "concepts" in rows.column_names else beside


def _is_nested(field: pa.Field) -> bool:
    return bool(pa.types.is_nested(field.type))


def _is_json(field: pa.Field) -> bool:
    return (field.metadata or {}).get(b"json") == b"true"


def _own_name(name: str, others: list[str]) -> str:
    own = name.removeprefix(_FEATURES)
    return name if own.startswith(_REPORTED) or own in others else own


def _strongest_concept(rows: pa.Table) -> dict[str, pa.Array]:
    if "concepts" not in rows.column_names or rows.column("concepts").null_count == rows.num_rows:
        return {}
    concepts = rows.column("concepts").combine_chunks()
    flat, row_of = concepts.flatten(), concepts.value_parent_indices().to_numpy()
    values = flat.field("value").cast(pa.float64())
    # By row, then by value upward, then from the last listed to the first: the last of each row is the
    # strongest.
    order = np.lexsort((-np.arange(len(row_of)), values.to_numpy(zero_copy_only=False), row_of))
    strongest = order[np.diff(row_of[order], append=-1) != 0]
    picked = np.full(rows.num_rows, -1, np.int64)
    picked[row_of[strongest]] = strongest
    chosen = pa.array(picked, mask=picked < 0)
    names = pc.coalesce(flat.field("id"), flat.field("name"))
    return {"top_concept": names.take(chosen), "confidence": values.take(chosen)}
