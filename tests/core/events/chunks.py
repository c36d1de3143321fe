"""Chunks of messages for tests, and blocks taken apart again into plain rows."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import numpy as np
import pyarrow as pa

from streams.core.events.block import EventBlock, ScalarColumn
from streams.core.events.decode import Decoded, Decoder
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import Headers, RawMessages
from streams.core.events.projection import Projection
from streams.core.events.schema_source import SchemaSource

TOPIC = "predictions"
RECORD_TIME_MS = 1_763_632_800_000
SCHEMA = (Path(__file__).parents[3] / "schemas" / "prediction.avsc").read_text()
EVERYTHING = Projection(
    concepts=True,
    input_text=True,
    metadata=frozenset({"region", "tier", "Tier", ""}),
    features=frozenset({"f", "g"}),
)


@cache
def decoder() -> Decoder:
    """One decoder for all tests of a process: it keeps nothing."""
    return Decoder()


def chunk(values: Sequence[bytes | None], headers: Sequence[Headers | None] | None = None) -> RawMessages:
    """Messages of one partition, offsets from 100."""
    count = len(values)
    return RawMessages(
        TOPIC,
        list(values),
        np.full(count, 3, np.int32),
        np.arange(100, 100 + count, dtype=np.int64),
        np.full(count, RECORD_TIME_MS, np.int64),
        list(headers) if headers else [None] * count,
    )


def decode(
    values: Sequence[bytes | None],
    headers: Sequence[Headers | None] | None = None,
    projection: Projection = EVERYTHING,
    schemas: SchemaSource | None = None,
    limits: Limits | None = None,
) -> Decoded:
    """Decode messages with the shipped schema, unless told otherwise."""
    known = schemas or LocalSchemas([SCHEMA])
    return decoder().decode(chunk(values, headers), projection, known, limits or Limits())


def events_as_json(events: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Each event as a JSON message."""
    return [json.dumps(event).encode() for event in events]


def avro(value: object, schema: str = SCHEMA) -> bytes:
    """One Avro datum."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(schema)), value)
    return out.getvalue()


def arrow_stream(table: pa.Table) -> bytes:
    """A table as Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def rows_of(block: EventBlock) -> list[dict[str, Any]]:
    """Every row of a block as plain values, with where it came from."""
    columns: dict[str, list[Any]] = {
        "message": [f"{p}-{o}" for p, o in zip(block.partitions.tolist(), block.offsets.tolist(), strict=True)],
        "index": block.indexes.tolist(),
        "id": block.ids.to_pylist(),
        "time": block.event_times_ms.tolist(),
        "user_id": block.model_user_ids.to_pylist(),
        "app_id": block.model_app_ids.to_pylist(),
        "model": block.model_ids.to_pylist(),
        "version": block.model_versions.to_pylist(),
        "caller": block.callers.to_pylist(),
        "collectors": block.collectors.to_pylist() if block.collectors is not None else [None] * len(block),
    }
    if block.concepts is not None:
        columns["concepts"] = _concepts(block)
    if block.input_text is not None:
        columns["input_text"] = block.input_text.to_pylist()
    for group, scalars in (("metadata", block.metadata), ("features", block.features)):
        columns |= {f"{group}.{key}": _scalars(column) for key, column in scalars.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _concepts(block: EventBlock) -> list[list[tuple[str, str | None, float]]]:
    concepts = block.concepts
    assert concepts is not None
    flat = list(zip(concepts.ids.to_pylist(), concepts.names.to_pylist(), concepts.values.tolist(), strict=True))
    return [flat[i:j] for i, j in zip(concepts.offsets[:-1], concepts.offsets[1:], strict=True)]


def _scalars(column: ScalarColumn) -> list[tuple[str | None, str, int, bool]]:
    numbers = [repr(number) for number in column.number.tolist()]  # NaN is equal to itself this way
    return list(zip(column.text.to_pylist(), numbers, column.truth.tolist(), column.present.tolist(), strict=True))
