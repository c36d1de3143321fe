"""Groups of a window's rows: which rows have the same values in some columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

Groups = NDArray[np.int64]
_FLAT = r"id|caller|prediction|model\.(user_id|app_id|id|version)|input\.(id|data)|(features|metadata|extra)\..+"
_NAMES = (
    "id, caller, prediction, model.id (user_id, app_id, version), input.id, input.data, features.NAME, metadata.NAME"
)
FlatColumn = Annotated[str, Field(pattern=rf"^({_FLAT})$", description=f"One of {_NAMES}, extra.NAME.")]
FlatColumnOrTopConcept = Annotated[
    str, Field(pattern=rf"^(top_concept|{_FLAT})$", description=f"One of top_concept, {_NAMES}, extra.NAME.")
]


def groups_of(columns: Iterable[pa.Array], size: int) -> Groups:
    """Number the distinct combinations of values, 0 upward; a null is a value of its own. Returns each row's
    number.
    """
    groups = np.zeros(size, np.int64)
    for column in columns:
        codes = column.dictionary_encode(null_encoding="encode").indices.to_numpy().astype(np.int64)
        # numbered anew after each column, so that the product never overflows
        groups = np.unique(groups * (len(codes) + 1) + codes, return_inverse=True)[1]
    return groups


def rank_in_group(groups: Groups, order_by: NDArray[np.uint64]) -> Groups:
    """Return each row's place, 0 upward, among the rows of its group by ascending `order_by`; equal ones keep
    their order.
    """
    order = np.lexsort((order_by, groups))
    ordered = groups[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sizes = np.diff(starts, append=len(ordered))
    ranks = np.empty(len(groups), np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return ranks


def column_of(table: pa.Table, name: str) -> pa.Array:
    """Return a column in one piece; all null where no row of the window has it."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return pa.concat_arrays(table.column(name).chunks or [pa.array([], table.schema.field(name).type)])


def top_concepts(table: pa.Table) -> pa.StringArray:
    """Return the id (else name) of each row's concept with the largest value, the first of equals; null without
    concepts.
    """
    lists = column_of(table, "concepts")
    if not pa.types.is_list(lists.type):
        return pa.nulls(table.num_rows, pa.string())
    entries, rows = lists.flatten(), lists.value_parent_indices().to_numpy()
    ids = entries.field("id").fill_null(entries.field("name"))
    order = np.lexsort((-entries.field("value").to_numpy(zero_copy_only=False), rows))
    first = order[np.flatnonzero(np.diff(rows[order], prepend=-1))]
    picked = np.full(table.num_rows, -1, np.int64)
    picked[rows[first]] = first
    return ids.take(pa.array(picked, mask=picked < 0))
