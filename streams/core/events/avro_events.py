"""Avro events to columns, a block at a time, by pyruhvro; one at a time, by fastavro, where a block is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator

import fastavro
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrow_columns import read_arrow
from streams.core.events.arrow_fields import Fields
from streams.core.events.avro_block import read_block
from streams.core.events.avro_schema import block_schema, plain
from streams.core.events.avro_values import misfit
from streams.core.events.projection import Projection
from streams.core.events.rejects import MalformedError
from streams.core.events.table import Read

_FEW = 64
_PARTS = 8
# what fastavro raises for bytes that do not fit
_UNFIT = (ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, RecursionError, MemoryError)


def read_avro(values: pa.BinaryArray, schema: str, projection: Projection) -> Read:
    """Columns of the good events, a reason for each bad one. What becomes of a row depends on that row alone."""
    fields, rows, bad = decoded(values, schema)
    read = read_arrow(fields, len(rows), projection)
    reasons = bad | {int(rows[row]): error for row, error in read.bad.items()}
    return Read(read.table, rows[read.kept], reasons)


def decoded(values: pa.BinaryArray, schema: str) -> tuple[Fields, NDArray[np.int64], dict[int, Exception]]:
    """Columns of the events whose bytes fit the schema, their rows, and why the others do not fit.

    ValueError where `block_schema(schema)` is None.
    """
    block = block_schema(schema)
    if block is None:
        raise ValueError("a schema that blocks cannot be decoded with")
    rows = np.arange(len(values), dtype=np.int64)
    bad: dict[int, Exception] = {}
    fields = read_block(values, block)
    if fields is None:
        bad = dict(_misfits(values, rows, schema, block))
        rows = np.setdiff1d(rows, list(bad))
        fields = read_block(_at(values, rows), block)
    if fields is None:
        raise RuntimeError("pyruhvro refuses a block of events of which it takes each")
    return fields, rows, bad


def _at(values: pa.BinaryArray, rows: NDArray[np.int64]) -> pa.BinaryArray:
    return values.take(pa.array(rows))


def _misfits(
    values: pa.BinaryArray, rows: NDArray[np.int64], schema: str, block: str
) -> Iterator[tuple[int, MalformedError]]:
    """Which of the rows that are refused together do not fit, and why: divided until a few are left."""
    if len(rows) > _FEW:
        for part in np.array_split(rows, _PARTS):
            if read_block(_at(values, part), block) is None:
                yield from _misfits(values, part, schema, block)
        return
    whys = {row: _why(values[row].as_py(), schema) for row in rows.tolist()}
    fitting = np.array([row for row, why in whys.items() if why is None], np.int64)
    if read_block(_at(values, fitting), block) is None:
        whys |= {row: "the bytes do not fit" for row in fitting.tolist() if read_block(values[row:][:1], block) is None}
    for row, why in whys.items():
        if why is not None:
            yield row, misfit(values[row].as_py(), why)


def _why(value: bytes, schema: str) -> str | None:
    """What fastavro says against a value."""
    source = io.BytesIO(value)
    try:
        fastavro.schemaless_reader(source, plain(schema), None)
    except _UNFIT as error:
        return repr(error)
    return None if source.tell() == len(value) else "bytes are left after the event"
