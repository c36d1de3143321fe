"""Embeddings of a dataset, one row of numbers for each of its rows."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.dataset import Dataset
from streams.core.reports.quality.predictions import floats
from streams.core.reports.selection import matching
from streams.core.reports.whole_numbers import Floats


def read_vectors(dataset: Dataset, names: Sequence[str]) -> Floats:
    """Rows x dimensions: from columns by name or pattern, or from one column of lists. Sorted, so that their order does
    not show; rows that lack a number, or hold no list of numbers or one of another length, are left out.

    Raises ValueError where there are no such columns, or no whole row.
    """
    lists = dataset.lists(names[0]) if len(names) == 1 else None
    nested = lists is not None and _holds_lists(lists)
    matrix = _from_lists(lists, names[0]) if nested and lists is not None else _from_columns(dataset, names)
    whole = matrix[np.isfinite(matrix).all(axis=1)]
    if not len(whole):
        raise ValueError(f"no row has all numbers of the embedding {', '.join(names)}")
    ordered: Floats = whole[_order(whole)]
    return ordered


def _holds_lists(column: pa.ChunkedArray) -> bool:
    kind = column.type
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind) or _is_text(kind)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _from_columns(dataset: Dataset, names: Sequence[str]) -> Floats:
    chosen = matching(names, dataset.columns)
    if not chosen:
        raise ValueError(f"there is no column {', '.join(names)} for the embedding: name its columns, or one of lists")
    return np.column_stack([floats(dataset.columns[name]) for name in chosen])


def _from_lists(column: pa.ChunkedArray, name: str) -> Floats:
    array = column.combine_chunks().drop_null()
    if _is_text(array.type):
        array = _parsed(array, name)
    length = _length(array, name)
    array = array.filter(pc.equal(pc.list_value_length(array), length))
    numbers = array.flatten().cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.asarray(numbers, np.float64).reshape(len(array), length)


def _length(lists: pa.Array, name: str) -> int:
    """The length that more than half of the lists have: others cost their rows."""
    lengths, counts = np.unique(pc.list_value_length(lists).to_numpy(zero_copy_only=False), return_counts=True)
    if not len(lengths):
        return 0
    if 2 * counts.max() <= len(lists):
        raise ValueError(f"lists of {name!r} have different lengths: {', '.join(map(str, lengths.tolist()))}")
    return int(lengths[np.argmax(counts)])


def _parsed(texts: pa.Array, name: str) -> pa.Array:
    """Lists that a batch keeps as JSON text, decoded as one document; without those that are none."""
    listed = texts.to_pylist()
    try:
        decoded = msgspec.json.decode(f"[{','.join(listed)}]", type=list[list[float | None]])
    except msgspec.DecodeError as error:
        decoded = [row for row in map(_list_or_none, listed) if row is not None]
        if not decoded:
            raise ValueError(f"column {name!r} holds text that is no list of numbers: {error}") from error
    return pa.array(decoded, pa.list_(pa.float64()))


def _list_or_none(text: str) -> list[float | None] | None:
    try:
        return msgspec.json.decode(text, type=list[float | None])
    except msgspec.DecodeError:
        return None


def _order(matrix: Floats) -> np.ndarray:
    rows = np.ascontiguousarray(matrix)
    return np.argsort(rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel(), kind="stable")
