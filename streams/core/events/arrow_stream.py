"""Messages that are Arrow IPC streams: many events, columns from end to end.

https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import one_array
from streams.core.events.arrow_sizes import declared_bytes, plain_bytes
from streams.core.events.encoding import Encoding
from streams.core.events.forms import ARROW_MEDIA_TYPE
from streams.core.events.limits import Limits
from streams.core.events.many_json import check_count, check_size, places
from streams.core.events.payloads import Payloads
from streams.core.events.rejects import InvalidEventError, MalformedError, RejectedError, Remains

ARROW = Encoding("arrow")
_REMEDY = "send a whole stream with end marker, as pyarrow.ipc.new_stream writes it"


def stream_payloads(
    rows: NDArray[np.int64], values: pa.BinaryArray, limits: Limits
) -> tuple[list[Payloads], dict[int, RejectedError]]:
    """Events of each message's stream, streams of one schema together; why other streams cannot be read."""
    events: dict[pa.DataType, list[tuple[int, pa.StructArray]]] = {}
    bad: dict[int, RejectedError] = {}
    for row in rows.tolist():
        try:
            read = _read(values[row].as_buffer(), limits)
            events.setdefault(read.type, []).append((row, read))
        except RejectedError as error:
            bad[row] = error
    return [_together(parts) for parts in events.values()], bad


def _together(parts: list[tuple[int, pa.StructArray]]) -> Payloads:
    counts = [len(events) for _, events in parts]
    return Payloads(
        ARROW,
        pa.concat_arrays([events for _, events in parts]),
        np.repeat(np.array([row for row, _ in parts], np.int64), counts),
        places(counts),
        np.ones(sum(counts), np.bool_),
        joined=_as_stream,
    )


def _as_stream(payloads: Payloads, rows: Sequence[int]) -> Remains:
    events = pa.RecordBatch.from_struct_array(payloads.values.take(pa.array(rows, pa.int64())))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, events.schema) as stream:
        stream.write_batch(events)
    return Remains(sink.getvalue().to_pybytes(), ARROW_MEDIA_TYPE)


def _read(source: pa.Buffer, limits: Limits) -> pa.StructArray:
    try:
        check_size(declared_bytes(memoryview(source)), limits)
        with pa.ipc.open_stream(source) as stream:
            table = stream.read_all()
        check_count(table.num_rows, limits)
        table.validate(full=True)
        check_size(plain_bytes(table), limits)
        columns = [one_array(column).cast(plain_type(column.type)) for column in table.columns]
        return _events(table.schema.names, columns)
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, RejectedError):
            raise
        raise MalformedError(f"Arrow stream: {error}; {_REMEDY}") from error


def _events(names: Sequence[str], columns: Sequence[pa.Array]) -> pa.StructArray:
    if len(set(names)) < len(names):
        raise InvalidEventError(f"Arrow stream: got columns {names}; give each a name of its own")
    return pa.StructArray.from_arrays(
        columns, fields=[pa.field(n, c.type) for n, c in zip(names, columns, strict=True)]
    )


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Type without dictionaries, views, run ends and extensions: one that can be joined whatever its source."""
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if types.is_union(kind):
        raise InvalidEventError("Arrow stream: got a union column; use one type per column, or send JSON or Avro")
    if types.is_list_view(kind) or types.is_large_list_view(kind):  # pyarrow 26 casts them to lists that are not valid
        raise InvalidEventError(f"Arrow stream: got a column of type {kind}; send lists, not list views")
    return _nested_type(kind) if types.is_nested(kind) else _flat_type(kind)


def _flat_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return pa.binary()
    return kind


def _nested_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, plain_type(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(plain_type(kind.key_type), plain_type(kind.item_type))
    return pa.list_(plain_type(kind.value_type))
