"""From messages to payloads: one row per event, grouped by encoding, each still as it was written.

Forms that are worth a block (single JSON and Avro events, Arrow streams) stay as they are. The others (arrays,
CloudEvents) become JSON events, by the rule of `json_events` for what JSON cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.arrays import one_array
from streams.core.events.arrow_stream import stream_payloads
from streams.core.events.avro_schema import block_schema, shape
from streams.core.events.avro_values import schema_for, value_of
from streams.core.events.cloudevents import binary_event, structured_batch, structured_event
from streams.core.events.encoding import JSON, Encoding
from streams.core.events.forms import DEFAULT_SCHEMA, ID_BYTES, ID_MAGIC, Form, Kind, schema_key
from streams.core.events.json_events import JsonDecoderState, why_malformed
from streams.core.events.json_text import written
from streams.core.events.limits import Limits
from streams.core.events.many_json import Written, check_count, places, written_payloads
from streams.core.events.messages import RawMessages
from streams.core.events.payloads import Join, Payloads, as_array, as_batch, as_lines, single_events
from streams.core.events.rejects import RejectedError
from streams.core.events.schema_source import SchemaSource, SchemaUnknownError
from streams.core.events.sniff import by_form

_LENGTH, _ELEMENTS = "json_array_length(j)", "json_extract(j, '$[*]')"
_TO_THE_END = 2**31 - 1  # pyarrow 26 computes a wrong length where no end is given

Rows = NDArray[np.int64]
Unpacked = tuple[list[Payloads], Mapping[int, Exception]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Messages that have a value of an allowed size, their values as one array, and what else unpacking needs."""

    messages: RawMessages
    values: pa.BinaryArray
    schemas: SchemaSource
    limits: Limits
    json: JsonDecoderState

    def value(self, row: int) -> bytes:
        """Value of one message."""
        value: bytes = self.values[row].as_py()
        return value


def unpack(chunk: Chunk) -> Unpacked:
    """Payloads of all messages, and why other messages (by row) have none."""
    forms, untold = by_form(chunk.values, chunk.messages.headers)
    parts: list[Payloads] = []
    bad: dict[int, Exception] = dict(untold)
    for form, rows in forms.items():
        payloads, refused = _UNPACK[form.kind](chunk, form, rows)
        parts += [part for part in payloads if len(part)]
        bad |= refused
    return parts, bad


def _json(chunk: Chunk, _: Form, rows: Rows) -> Unpacked:
    return [single_events(JSON, _values(chunk, rows), rows)], {}


def _avro(chunk: Chunk, form: Form, rows: Rows) -> Unpacked:
    try:
        schema = schema_for(form.schema or DEFAULT_SCHEMA, chunk.schemas)
        kind = shape(schema)
    except (SchemaUnknownError, RejectedError) as error:
        return [], dict.fromkeys(rows.tolist(), error)
    if kind == "event" and block_schema(schema):
        values = _values(chunk, rows)
        bare = pc.binary_slice(values, form.skip, _TO_THE_END) if form.skip else values
        return [single_events(Encoding("avro", schema), bare, rows)], {}
    return _written(chunk, rows, partial(_avro_events, schema, form.skip))


def _avro_events(schema: str, skip: int, chunk: Chunk, row: int) -> Written:
    value = value_of(chunk.value(row)[skip:], schema)
    many = isinstance(value, list)
    return Written(map(written, value if many else [value]), many=many)


def _json_array(chunk: Chunk, _: Form, rows: Rows) -> Unpacked:
    values = _values(chunk, rows)
    counted, valid = chunk.json.select_valid(values.view(pa.string()), _LENGTH)
    bad = {int(rows[place]): why for place, why in why_malformed(values, valid).items()}
    for place, count in zip(np.flatnonzero(valid).tolist(), counted.column(0).to_pylist(), strict=True):
        try:
            check_count(count, chunk.limits)
        except RejectedError as error:
            bad[int(rows[place])] = error
    good = ~np.isin(rows, list(bad))
    listed = one_array(chunk.json.select(values.filter(pa.array(good)).view(pa.string()), _ELEMENTS).column(0))
    return [_many(rows[good], listed, as_array)], bad


def _json_lines(chunk: Chunk, _: Form, rows: Rows) -> Unpacked:
    return _written(chunk, rows, _lines, as_lines)


def _lines(chunk: Chunk, row: int) -> Written:
    return Written((line for line in chunk.value(row).split(b"\n") if line.strip()), many=True)


def _many(rows: Rows, listed: pa.ListArray, joined: Join) -> Payloads:
    counts = np.diff(listed.offsets.to_numpy())
    events = listed.flatten().cast(pa.string()).view(pa.binary())
    many = np.ones(len(events), np.bool_)
    return Payloads(JSON, events, np.repeat(rows, counts), places(counts.tolist()), many, joined=joined)


def _arrow(chunk: Chunk, _: Form, rows: Rows) -> Unpacked:
    return stream_payloads(rows, chunk.values, chunk.limits)


def _cloudevent(chunk: Chunk, _: Form, rows: Rows) -> Unpacked:
    return _written(chunk, rows, _binary_event)


def _binary_event(chunk: Chunk, row: int) -> Written:
    headers = chunk.messages.headers[row] or []
    return binary_event(headers, chunk.value(row), chunk.json, partial(_avro_data, chunk.schemas))


def _avro_data(schemas: SchemaSource, value: bytes, header: bytes | None) -> Any:
    if header is not None:
        return value_of(value, schema_for(schema_key(header), schemas))
    if value[:1] != bytes([ID_MAGIC]):
        return value_of(value, schema_for(DEFAULT_SCHEMA, schemas))
    try:
        return value_of(value[ID_BYTES:], schema_for(schema_key(value), schemas))
    except (SchemaUnknownError, RejectedError):
        with suppress(SchemaUnknownError, RejectedError):  # a bare datum may begin with the same byte
            return value_of(value, schema_for(DEFAULT_SCHEMA, schemas))
        raise


def _structured(chunk: Chunk, _: Form, rows: Rows) -> Unpacked:
    return _written(chunk, rows, lambda chunk, row: structured_event(chunk.value(row), chunk.json))


def _batch(chunk: Chunk, _: Form, rows: Rows) -> Unpacked:
    return _written(chunk, rows, lambda chunk, row: structured_batch(chunk.value(row), chunk.json), as_batch)


def _written(chunk: Chunk, rows: Rows, write: Callable[[Chunk, int], Written], joined: Join = as_array) -> Unpacked:
    payloads, bad = written_payloads(rows, partial(write, chunk), chunk.limits, joined)
    return [payloads], bad


def _values(chunk: Chunk, rows: Rows) -> pa.BinaryArray:
    return chunk.values if len(rows) == len(chunk.values) else chunk.values.take(pa.array(rows))


_UNPACK: Mapping[Kind, Callable[[Chunk, Form, Rows], Unpacked]] = {
    "json": _json,
    "json_array": _json_array,
    "json_lines": _json_lines,
    "avro": _avro,
    "arrow": _arrow,
    "cloudevent": _cloudevent,
    "structured_cloudevent": _structured,
    "cloudevent_batch": _batch,
}
