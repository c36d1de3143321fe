"""Arrow arrays seen by NumPy, without making a Python object per row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
_NOT_ASCII = 0x80
_BRACE, _BRACKET = b"{["


def offsets_of(array: pa.Array) -> NDArray[np.int32]:
    """Offsets (n + 1) into `data_of(array)`, for 32-bit text or binary."""
    raw = array.buffers()[1]
    if raw is None:
        return np.zeros(1, np.int32)
    offsets: NDArray[np.int32] = np.frombuffer(raw, np.int32)[array.offset : array.offset + len(array) + 1]
    return offsets


def data_of(array: pa.Array) -> NDArray[np.uint8]:
    """All bytes of a text or binary array, without copying."""
    raw = array.buffers()[2]
    return np.zeros(0, np.uint8) if raw is None else np.frombuffer(raw, np.uint8)


def lengths_of(array: pa.Array) -> NDArray[np.int32]:
    """Bytes per row."""
    return np.diff(offsets_of(array))


def is_ascii(texts: pa.Array) -> bool:
    """Whether all of an array's text is ASCII, and thus UTF-8; quicker than asking whether it is UTF-8."""
    offsets, data = offsets_of(texts), data_of(texts)
    inside = data[offsets[0] : offsets[-1]]
    return not len(inside) or int(inside.max()) < _NOT_ASCII


def first_bytes(array: pa.Array) -> NDArray[np.uint8]:
    """First byte per row, 0 where the row is empty or null."""
    offsets, data = offsets_of(array), data_of(array)
    starts = offsets[:-1]
    if not len(data):
        return np.zeros(len(array), np.uint8)
    first = data[np.minimum(starts, len(data) - 1)]
    return np.where(offsets[1:] > starts, first, np.uint8(0))


def blank_rows(texts: pa.StringArray) -> Mask:
    """Rows that are null or empty."""
    blank: Mask = (lengths_of(texts) == 0) | null_rows(texts)
    return blank


def valid_rows(array: pa.Array) -> Mask:
    """Rows that are not null."""
    if not array.null_count:
        return np.ones(len(array), np.bool_)
    valid: Mask = array.is_valid().to_numpy(zero_copy_only=False)
    return valid


def null_rows(array: pa.Array) -> Mask:
    """Rows that are null."""
    return ~valid_rows(array)


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """All chunks as one array, copied only where several have rows."""
    chunks = [chunk for chunk in column.chunks if len(chunk)]
    return chunks[0] if len(chunks) == 1 else column.combine_chunks()


def rows_of(listed: pa.ListArray, entries: Mask) -> Mask:
    """Rows of a list array that own one of the flat `entries`."""
    rows = np.zeros(len(listed), np.bool_)
    if entries.any():
        rows[np.searchsorted(listed.offsets.to_numpy(), np.flatnonzero(entries), side="right") - 1] = True
    return rows


def looks_nested(texts: pa.StringArray) -> Mask:
    """Texts that may be a JSON object or array: they start like one."""
    first = first_bytes(texts)
    nested: Mask = (first == _BRACE) | (first == _BRACKET)
    return nested


def any_of(masks: list[Mask]) -> Mask:
    """Rows where any mask is true."""
    out: Mask = np.logical_or.reduce(masks)
    return out


def all_of(masks: list[Mask]) -> Mask:
    """Rows where all masks are true; one True where there is no mask."""
    out: Mask = np.logical_and.reduce(masks) if masks else np.ones(1, np.bool_)
    return out
