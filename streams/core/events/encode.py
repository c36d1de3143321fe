"""Events as messages: the way back of `decode`, for producing. One event per message, or many in an Arrow stream."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import fastavro
import pyarrow as pa
import pyarrow.compute as pc

ARROW_STREAM = "application/vnd.apache.arrow.stream"

# The fields of an event that hold others; a column `features.age` belongs into `features`.
_NESTED = ("model", "input", "features", "metadata")
_FIELDS = ("id", "time", "caller", "prediction", "concepts", "collectors", *_NESTED)


def events_of_rows(rows: pa.Table, model_id: str | None) -> pa.Table:
    """Rows of a file as events: `model.id`, `metadata.region` and the like by their names, any other column a feature.

    `model_id` is for rows that do not say it. Raises ValueError where a row would have neither `model.id` nor
    `collectors`.
    """
    plain: dict[str, Any] = {}
    nested: dict[str, dict[str, Any]] = {name: {} for name in _NESTED}
    for name in rows.column_names:
        group, _, field = name.partition(".")
        column = _epoch_ms(rows.column(name))
        if name in _FIELDS:
            plain[name] = column
        elif group in _NESTED and field:
            nested[group][field] = column
        else:
            nested["features"][name] = column
    if model_id is not None:
        nested["model"]["id"] = _filled(nested["model"].get("id"), model_id, rows.num_rows)
    if not {"model", "collectors"} & plain.keys() and "id" not in nested["model"]:
        raise ValueError("the rows name no model: add a column model.id, or give one with --model-id")
    structs = {name: _struct(fields) for name, fields in nested.items() if fields and name not in plain}
    return pa.table({**plain, **structs})


def labels_of_rows(rows: pa.Table, id_column: str, target_column: str, time_column: str) -> pa.Table:
    """Rows of a file as labels. Raises ValueError where a column is missing; the time's may be."""
    for name, option in ((id_column, "--id-column"), (target_column, "--target-column")):
        if name not in rows.column_names:
            raise ValueError(f"there is no column {name!r} among {', '.join(rows.column_names)}: name it by {option}")
    found = {"id": rows.column(id_column), "target": rows.column(target_column)}
    times = {"time": _epoch_ms(rows.column(time_column))} if time_column in rows.column_names else {}
    return pa.table({**found, **times})


def encode_json(events: pa.Table) -> Sequence[bytes]:
    """A JSON object per event; what is null is written as null."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("events", events)
        written = connection.sql("SELECT encode(to_json(events)::VARCHAR) AS value FROM events").to_arrow_table()
    return list(written.column("value").to_pylist())


def encode_avro(events: pa.Table, schema: Mapping[str, Any]) -> Sequence[bytes]:
    """An Avro datum per event, without header. ValueError where an event does not fit the writer's schema."""
    parsed = fastavro.parse_schema(dict(schema))
    return [_datum(parsed, event) for event in events.to_pylist()]


def encode_arrow(events: pa.Table, events_per_message: int) -> Sequence[bytes]:
    """Arrow IPC streams of so many events each (the last may have fewer)."""
    return [_stream(events.slice(first, events_per_message)) for first in range(0, events.num_rows, events_per_message)]


def _datum(schema: Any, event: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    try:
        fastavro.schemaless_writer(out, schema, event)
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(f"event {json.dumps(event.get('id'))} does not fit the Avro schema: {error}") from error
    return out.getvalue()


def _stream(events: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, events.schema) as writer:
        writer.write_table(events.combine_chunks())
    return sink.getvalue()


def _epoch_ms(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as numbers, which every encoding has."""
    return column.cast(pa.timestamp("ms")).cast(pa.int64()) if pa.types.is_timestamp(column.type) else column


def _filled(column: Any, value: str, count: int) -> Any:
    return pa.array([value] * count, pa.string()) if column is None else pc.fill_null(column.cast(pa.string()), value)


def _struct(fields: Mapping[str, Any]) -> pa.StructArray:
    arrays = [column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in fields.values()]
    return pa.StructArray.from_arrays(arrays, names=list(fields))
