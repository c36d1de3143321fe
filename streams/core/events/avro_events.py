"""Avro events to columns, a block at a time, by pyruhvro; one at a time, by fastavro, where a block is refused.

pyruhvro refuses a whole block for one bad event, passes over trailing bytes and does not check UTF-8. So every event is
followed by a known double, the block's texts are validated, and a refused block is searched for its bad events.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import fastavro
import numpy as np
import pyarrow as pa
import pyruhvro
from numpy.typing import NDArray

from streams.core.events.arrays import is_ascii
from streams.core.events.arrow_columns import read_arrow
from streams.core.events.arrow_fields import Fields
from streams.core.events.arrow_values import texts_inside
from streams.core.events.avro_schema import END, END_VALUE, framed_schema, plain
from streams.core.events.projection import Projection
from streams.core.events.rejects import MalformedError
from streams.core.events.table import Read

_TRAILING = "bytes are left after the event"
# what fastavro raises for bytes that do not fit
_UNFIT = (ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, RecursionError, MemoryError)


def read_avro(values: Sequence[bytes], skip: int, schema: str, projection: Projection) -> Read:
    """Columns of the good events, a reason for each bad one. What becomes of a row depends on that row alone.

    An event starts after `skip` bytes of a value.
    """
    fields, rows, bad = decoded(values, skip, schema)
    read = read_arrow(fields, len(rows), projection)
    reasons = bad | {int(rows[row]): error for row, error in read.bad.items()}
    return Read(read.table, rows[read.kept], reasons)


def decoded(values: Sequence[bytes], skip: int, schema: str) -> tuple[Fields, NDArray[np.int64], dict[int, Exception]]:
    """Columns of the events whose bytes fit the schema, their rows, and why the others do not fit.

    ValueError where `framed_schema(schema)` is None.
    """
    frame = framed_schema(schema)
    if frame is None:
        raise ValueError("a schema that blocks cannot be decoded with")
    framed = [value[skip:] + END for value in values]
    rows = np.arange(len(framed), dtype=np.int64)
    bad: dict[int, Exception] = {}
    batch = _block(framed, frame)
    if batch is None:
        bad = dict(_unfit(framed, schema))
        rows = np.setdiff1d(rows, list(bad))
        bad |= dict.fromkeys(_refused(framed, rows, frame), _misfit("the bytes do not fit"))
        rows = np.setdiff1d(rows, list(bad))
        batch = _known(_at(framed, rows), frame)
    overrun = batch.column(batch.num_columns - 1).to_numpy() != END_VALUE
    if overrun.any():
        bad |= {int(row): _misfit(_TRAILING) for row in rows[overrun]}
        rows = rows[~overrun]
        batch = _known(_at(framed, rows), frame)
    return dict(zip(batch.schema.names[:-1], batch.columns[:-1], strict=True)), rows, bad


def _at(framed: list[bytes], rows: NDArray[np.int64]) -> list[bytes]:
    return [framed[row] for row in rows]


def _block(framed: list[bytes], framing: str) -> pa.RecordBatch | None:
    try:
        batch = pyruhvro.deserialize_array(framed, framing)
        for texts in texts_inside(batch.columns):
            if not is_ascii(texts):
                texts.validate(full=True)
    except ValueError:  # pa.ArrowInvalid is one
        return None
    return batch


def _known(framed: list[bytes], framing: str) -> pa.RecordBatch:
    batch = _block(framed, framing)
    if batch is None:
        raise RuntimeError("pyruhvro refuses a block of events of which it takes each")
    return batch


def _unfit(framed: list[bytes], schema: str) -> Iterator[tuple[int, Exception]]:
    writer = plain(schema)
    for row, value in enumerate(framed):
        source = io.BytesIO(value)
        try:
            fastavro.schemaless_reader(source, writer, None)
        except _UNFIT as error:
            yield row, _misfit(repr(error))
            continue
        if not value.startswith(END, source.tell()):
            yield row, _misfit(_TRAILING)


def _refused(framed: list[bytes], rows: NDArray[np.int64], framing: str) -> Iterator[int]:
    """Halve a refused block until single events are refused."""
    if _block(_at(framed, rows), framing) is not None:
        return
    if len(rows) == 1:
        yield int(rows[0])
        return
    for half in np.array_split(rows, 2):
        yield from _refused(framed, half, framing)


def _misfit(what: str) -> MalformedError:
    return MalformedError(f"Avro: {what}; write exactly one datum of the writer's schema")
