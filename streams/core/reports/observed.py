"""What a report sees of a batch's rows: features under their own names, the prediction, the strongest concept."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BOOKKEEPING: Final = frozenset(
    {"id", "time", "partition", "offset", "index", "caller", "input.id"}
    | {f"model.{part}" for part in ("user_id", "app_id", "id", "version")}
)
"""Columns of a batch that say where a row comes from, not what was predicted."""

_MARKS: Final = frozenset({"id", "time", "partition", "offset"})
_FEATURE: Final = "features."
_OTHER_FIELDS: Final = ("concepts", "input.", "metadata.", "extra.", _FEATURE)


def observed_columns(table: pa.Table) -> pa.Table:
    """The columns to report on, of a batch or of a reference; apply it to both.

    `features.age` becomes `age`, so that a training set with a column `age` is a reference as it is; a feature
    called like another field (`prediction`, `metadata.x`) keeps its prefix. Of a batch, bookkeeping and nested
    JSON are left out, and `concepts` becomes `concepts.top` (id, or name, of the strongest) and `concepts.max`.
    """
    if set(table.column_names) >= _MARKS:
        nested = {field.name for field in table.schema if (field.metadata or {}).get(b"json") == b"true"}
        table = table.drop_columns([name for name in table.column_names if name in BOOKKEEPING | nested])
    table = _with_own_names(table)
    return _with_strongest_concept(table) if _has_concepts(table) else table


def _with_own_names(table: pa.Table) -> pa.Table:
    taken = {name for name in table.column_names if not name.startswith(_FEATURE)}
    return table.rename_columns([_own_name(name, taken) for name in table.column_names])


def _own_name(name: str, taken: set[str]) -> str:
    own = name.removeprefix(_FEATURE)
    kept = own == "prediction" or own.startswith(_OTHER_FIELDS) or own in taken
    return name if kept else own


def _has_concepts(table: pa.Table) -> bool:
    if "concepts" not in table.column_names:
        return False
    kind = table.schema.field("concepts").type
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _with_strongest_concept(table: pa.Table) -> pa.Table:
    concepts = table.column("concepts").combine_chunks()
    rows = pc.list_parent_indices(concepts).to_numpy()
    flat = concepts.flatten()
    values = flat.field("value").cast(pa.float64()).to_numpy(zero_copy_only=False)
    # The last of each row after sorting by value; of equal values the first listed.
    order = np.lexsort((-np.arange(len(rows)), values, rows))
    last = order[np.diff(rows[order], append=-1) != 0]
    picks = np.full(table.num_rows, -1)
    picks[rows[last]] = last
    chosen = pa.array(picks, mask=picks < 0)
    names = pc.coalesce(flat.field("id"), flat.field("name"))
    strongest = table.drop_columns(["concepts"])
    strongest = strongest.append_column("concepts.top", names.take(chosen))
    return strongest.append_column("concepts.max", pa.array(values).take(chosen))
