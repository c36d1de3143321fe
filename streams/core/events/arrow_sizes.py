"""How much memory an Arrow IPC stream asks for, told before any of it is decompressed or cast.

An attacker needs few bytes: buffers compress well, a dictionary or a view lets many rows share one long value, and
columns of type null have rows without bytes. So two sizes are told: what buffers and rows the stream declares, from its
metadata alone; and what rows take once each has a value of its own, from the lengths of values.

Formats: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
from flatbuffers.encode import Get
from flatbuffers.packer import uoffset
from flatbuffers.table import Table
from numpy.typing import NDArray

CONTINUATION = b"\xff\xff\xff\xff"
NODE_BYTES = 8
"""What a declared row of any column counts at least, be it of type null."""

_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3  # MessageHeader of Message.fbs
# Slots of the tables of Message.fbs, in the order of their fields; a vtable begins with two sizes.
_HEADER_TYPE, _HEADER, _BODY_LENGTH = 6, 8, 10
_ROWS, _NODES, _BUFFERS, _COMPRESSION = 4, 6, 8, 10
_DATA = 6
_STRUCT = struct.Struct("<qq")  # FieldNode: length, nulls; Buffer: offset, length
_LENGTH = struct.Struct("<q")

Lengths = NDArray[np.int64]


def declared_bytes(stream: bytes | memoryview) -> int:
    """Bytes that the batches of a stream declare: of buffers as they are when decompressed, and `NODE_BYTES` for each
    row of each column. ValueError for what is no stream.
    """
    try:
        return sum(_batch_bytes(*message) for message in _messages(memoryview(stream)))
    except (struct.error, IndexError, TypeError, OverflowError) as error:
        raise ValueError(f"its metadata cannot be read: {error}") from error


def _messages(stream: memoryview) -> Iterator[tuple[memoryview, memoryview]]:
    """Metadata and body of each message."""
    at = 0
    while at + 8 <= len(stream):
        if bytes(stream[at : at + 4]) != CONTINUATION:
            raise ValueError("a message does not begin with the continuation marker FF FF FF FF")
        size = int.from_bytes(stream[at + 4 : at + 8], "little", signed=True)
        if size == 0:
            return
        if size < 0 or at + 8 + size > len(stream):
            raise ValueError(f"a message declares {size} bytes of metadata, and the stream has not so many")
        metadata = stream[at + 8 : at + 8 + size]
        body_length = _number(_root(metadata), _BODY_LENGTH)
        at += 8 + size
        if body_length < 0 or at + body_length > len(stream):
            raise ValueError(f"a message declares {body_length} bytes of data, and the stream has not so many")
        yield metadata, stream[at : at + body_length]
        at += body_length


def _batch_bytes(metadata: memoryview, body: memoryview) -> int:
    message = _root(metadata)
    kind = metadata[_place(message, _HEADER_TYPE)] if message.Offset(_HEADER_TYPE) else 0
    if kind not in (_DICTIONARY_BATCH, _RECORD_BATCH):
        return 0
    batch = _inner(message, _HEADER)
    if kind == _DICTIONARY_BATCH:
        batch = _inner(batch, _DATA)
    rows = sum(max(length, 0) for length, _ in _vector(batch, _NODES))
    compressed = bool(batch.Offset(_COMPRESSION))
    sizes = (_buffer_bytes(body, offset, length, compressed=compressed) for offset, length in _vector(batch, _BUFFERS))
    return NODE_BYTES * rows + sum(sizes)


def _buffer_bytes(body: memoryview, offset: int, length: int, *, compressed: bool) -> int:
    if offset < 0 or length < 0 or offset + length > len(body):
        raise ValueError(f"a buffer of {length} bytes lies outside of its message")
    if not compressed or length < _LENGTH.size:
        return length
    (declared,) = _LENGTH.unpack_from(body, offset)
    return length if declared < 0 else int(declared)  # -1: stored as it is


def _root(metadata: memoryview) -> Table:
    return Table(bytes(metadata), Get(uoffset, metadata, 0))


def _place(table: Table, slot: int) -> int:
    return int(table.Pos + table.Offset(slot))


def _number(table: Table, slot: int) -> int:
    return int(_LENGTH.unpack_from(table.Bytes, _place(table, slot))[0]) if table.Offset(slot) else 0


def _inner(table: Table, slot: int) -> Table:
    if not table.Offset(slot):
        raise ValueError("a message has no content")
    return Table(table.Bytes, table.Indirect(_place(table, slot)))


def _vector(table: Table, slot: int) -> Iterator[tuple[int, int]]:
    """Pairs of int64, as FieldNode and Buffer are."""
    if not table.Offset(slot):
        return iter(())
    start, count = table.Vector(table.Offset(slot)), table.VectorLen(table.Offset(slot))
    if start + count * _STRUCT.size > len(table.Bytes):
        raise ValueError(f"a list of {count} entries lies outside of its message")
    return _STRUCT.iter_unpack(table.Bytes[start : start + count * _STRUCT.size])


def at_most_bytes(stream: bytes) -> int:
    """What decoding may take, told from the metadata alone: as `plain_bytes`, or more. ValueError as above.

    Where rows may share bytes, each is taken to hold all of them.
    """
    declared = declared_bytes(stream)
    try:
        with pa.ipc.open_stream(stream) as opened:
            together = any(shares(kind) for kind in opened.schema.types)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"its schema cannot be read: {error}") from error
    return declared * max(1, _rows(stream)) if together else declared


def _rows(stream: bytes) -> int:
    batches = (_root(metadata) for metadata, _ in _messages(memoryview(stream)))
    inner = [_inner(each, _HEADER) for each in batches if each.Bytes[_place(each, _HEADER_TYPE)] == _RECORD_BATCH]
    return sum(_number(each, _ROWS) for each in inner)


def plain_bytes(table: pa.Table) -> int:
    """Bytes of a valid table once no two rows share a value: without dictionaries, runs and views."""
    return sum(int(row_bytes(chunk).sum()) for column in table.columns for chunk in column.chunks if shares(chunk.type))


def shares(kind: pa.DataType) -> bool:
    """Whether rows of a type may share bytes, in any column inside."""
    if isinstance(kind, pa.BaseExtensionType):
        return shares(kind.storage_type)
    types = pa.types
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return True
    views = (types.is_string_view, types.is_binary_view, types.is_list_view, types.is_large_list_view)
    return any(view(kind) for view in views) or any(shares(kind.field(place).type) for place in range(kind.num_fields))


def row_bytes(array: pa.Array) -> Lengths:
    """Bytes that each row of a valid array takes once it has a value of its own."""
    if isinstance(array, pa.ExtensionArray):
        return row_bytes(array.storage)
    for is_kind, measure in _MEASURES.items():
        if is_kind(array.type):
            return measure(array)
    width = array.type.bit_width // 8 if pa.types.is_primitive(array.type) or _is_fixed(array.type) else 0
    return np.full(len(array), max(width, 1), np.int64)


def _is_fixed(kind: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_binary(kind) or pa.types.is_decimal(kind))


def _offsets(array: pa.Array) -> Lengths:
    """Where each row begins, and the last one ends, in texts, lists and maps."""
    large = (pa.types.is_large_string, pa.types.is_large_binary, pa.types.is_large_list)
    width = np.int64 if any(is_kind(array.type) for is_kind in large) else np.int32
    raw = array.buffers()[1]
    if raw is None:
        return np.zeros(len(array) + 1, np.int64)
    return np.frombuffer(raw, width)[array.offset : array.offset + len(array) + 1].astype(np.int64)


def _of_texts(array: pa.Array) -> Lengths:
    return np.diff(_offsets(array))


def _of_views(array: pa.Array) -> Lengths:
    views = array.buffers()[1]
    if views is None:
        return np.zeros(len(array), np.int64)
    return np.frombuffer(views, np.int32).reshape(-1, 4)[array.offset : array.offset + len(array), 0].astype(np.int64)


def _of_dictionary(array: pa.Array) -> Lengths:
    return _taken(row_bytes(array.dictionary), array.indices)


def _taken(sizes: Lengths, indices: pa.Array) -> Lengths:
    places = indices.cast(pa.int64()).fill_null(len(sizes)).to_numpy()
    taken: Lengths = np.append(sizes, 0)[places]
    return taken


def _of_runs(array: pa.Array) -> Lengths:
    ends = np.asarray(array.run_ends, np.int64)
    rows = np.arange(array.offset, array.offset + len(array))
    return row_bytes(array.values)[np.searchsorted(ends, rows, side="right")]


def _of_struct(array: pa.Array) -> Lengths:
    return sum((row_bytes(child) for child in array.flatten()), np.ones(len(array), np.int64))


def _of_lists(array: pa.Array) -> Lengths:
    return np.diff(_sums(row_bytes(array.values))[_offsets(array)])


def _of_map(array: pa.Array) -> Lengths:
    return np.diff(_sums(row_bytes(array.keys) + row_bytes(array.items))[_offsets(array)])


def _of_fixed_lists(array: pa.Array) -> Lengths:
    inner = row_bytes(array.flatten()) if not array.null_count else row_bytes(array.values)
    wide = array.type.list_size
    return inner[: len(array) * wide].reshape(len(array), wide).sum(axis=1) if wide else np.ones(len(array), np.int64)


def _of_list_views(array: pa.Array) -> Lengths:
    sums = _sums(row_bytes(array.values))
    starts, sizes = (np.asarray(part, np.int64) for part in (array.offsets, array.sizes))
    taken: Lengths = sums[starts + sizes] - sums[starts]
    return taken


def _sums(sizes: Lengths) -> Lengths:
    return np.append(0, np.cumsum(sizes))


_MEASURES: Mapping[Callable[[pa.DataType], bool], Callable[[pa.Array], Lengths]] = {
    pa.types.is_dictionary: _of_dictionary,
    pa.types.is_run_end_encoded: _of_runs,
    pa.types.is_string: _of_texts,
    pa.types.is_binary: _of_texts,
    pa.types.is_large_string: _of_texts,
    pa.types.is_large_binary: _of_texts,
    pa.types.is_string_view: _of_views,
    pa.types.is_binary_view: _of_views,
    pa.types.is_struct: _of_struct,
    pa.types.is_map: _of_map,
    pa.types.is_list: _of_lists,
    pa.types.is_large_list: _of_lists,
    pa.types.is_fixed_size_list: _of_fixed_lists,
    pa.types.is_list_view: _of_list_views,
    pa.types.is_large_list_view: _of_list_views,
}
