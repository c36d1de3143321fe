"""Segments: what one collector kept of one chunk, as an Arrow IPC stream of one record batch.

Raw payloads travel with what windows need of a row, so nothing is parsed until a window closes. The stream's schema
carries, as JSON, the collector's plan (key `plan`) and the payloads' encoding (key `encoding`). Rows stand in the order
they were polled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.block import ConceptColumn, EventBlock
from streams.core.events.encoding import Encoding
from streams.core.windows.plan import WindowPlan
from streams.core.windows.slots import Slots

CONCEPTS = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))

COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("partition", pa.int32()),  # where the event stands in the source
    ("offset", pa.int64()),
    ("index", pa.int32()),  # its position within its message
    ("record_time", pa.int64()),  # epoch milliseconds, as all times here
    ("event_time", pa.int64()),
    ("slot_time", pa.int64()),
    ("late", pa.bool_()),
    ("id", pa.string()),
    ("id_hash", pa.uint64()),
)
_NAMES = [name for name, _ in COLUMNS]
_FRAMING_BYTES = 2_048  # a record batch's own metadata, and padding of its buffers
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class RowTooLargeError(ValueError):
    """One row alone does not fit a message."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A decoded segment: `batch` has the columns of `COLUMNS`, `payload`, and `concepts` where operators
    rewrote them. `value` is what was decoded.
    """

    plan: WindowPlan
    encoding: Encoding
    batch: pa.RecordBatch
    value: bytes | pa.Buffer = b""


def encode(
    block: EventBlock,
    kept: NDArray[np.bool_],
    placed: Slots,
    plan: WindowPlan,
    max_bytes: int,
    concepts: ConceptColumn | None = None,
) -> list[bytes]:
    """Write the kept rows of a block: one segment per encoding, divided so that none is longer than
    `max_bytes`.

    `placed` has a slot for every row of the block. `concepts` is given where the collector's operators rewrote them: a
    batch then shows these in place of the payload's. RowTooLargeError where a single row is over `max_bytes`.
    """
    rows = np.flatnonzero(kept)
    segments: list[bytes] = []
    for code, encoding in enumerate(block.encodings):
        chosen = rows if len(block.encodings) == 1 else rows[block.encoding_codes[rows] == code]
        if len(chosen):
            batch = _batch(block, chosen, code, placed, concepts)
            head = _head(plan, encoding, batch.schema)
            segments += _messages(head, batch, max_bytes)
    return segments


def decode(value: bytes | pa.Buffer) -> Segment:
    """Read a segment; columns are views of `value`. pa.ArrowInvalid, OSError, KeyError or msgspec.DecodeError
    where it is none.
    """
    reader = pa.ipc.open_stream(value)
    metadata = reader.schema.metadata or {}
    return Segment(_plan(metadata[b"plan"]), _encoding(metadata[b"encoding"]), reader.read_next_batch(), value)


def _batch(
    block: EventBlock, rows: NDArray[np.int64], code: int, placed: Slots, concepts: ConceptColumn | None
) -> pa.RecordBatch:
    chosen = pa.array(rows)
    columns = {**block.row_columns, **placed.columns}
    batch = pa.RecordBatch.from_arrays([columns[name] for name in _NAMES], _NAMES).take(chosen)
    batch = batch.append_column("payload", block.payloads[code].take(pa.array(block.payload_rows[rows])))
    return batch if concepts is None else batch.append_column("concepts", _concepts(concepts, chosen))


def _concepts(concepts: ConceptColumn, rows: pa.Int64Array) -> pa.ListArray:
    values = pa.array(concepts.values)
    flat = pa.StructArray.from_arrays([concepts.ids, concepts.names, values], ["id", "name", "value"])
    return pa.ListArray.from_arrays(pa.array(concepts.offsets, pa.int32()), flat).cast(CONCEPTS).take(rows)


def _messages(head: bytes, batch: pa.RecordBatch, max_bytes: int) -> list[bytes]:
    """Cut the rows by the size that Arrow reports, so that hardly anything is written twice."""
    framed = batch.nbytes + len(head) + _FRAMING_BYTES
    step = -(-len(batch) // -(-framed // max_bytes))
    return [
        message for start in range(0, len(batch), step) for message in _fitting(head, batch[start:][:step], max_bytes)
    ]


def _fitting(head: bytes, batch: pa.RecordBatch, max_bytes: int) -> list[bytes]:
    """One message if it fits, else the messages of either half of the rows."""
    message = b"".join((head, batch.serialize(), _END_OF_STREAM))
    if len(message) <= max_bytes:
        return [message]
    if len(batch) == 1:
        raise RowTooLargeError(
            f"event {batch['id'][0].as_py()!r} makes a segment of {len(message)} bytes, a message may have "
            f"{max_bytes}: raise the limit on messages of `collected`, or lower the limit on events"
        )
    half = len(batch) // 2
    return _fitting(head, batch[:half], max_bytes) + _fitting(head, batch[half:], max_bytes)


@lru_cache(maxsize=4096)
def _head(plan: WindowPlan, encoding: Encoding, schema: pa.Schema) -> bytes:
    """The stream's schema message: the same for all segments of a plan and encoding, and half the cost of
    writing one.
    """
    metadata = {"plan": msgspec.json.encode(plan), "encoding": msgspec.json.encode(encoding)}
    head: bytes = schema.with_metadata(metadata).serialize().to_pybytes()
    return head


@lru_cache(maxsize=4096)
def _plan(text: bytes) -> WindowPlan:
    return msgspec.json.decode(text, type=WindowPlan)


@lru_cache(maxsize=4096)
def _encoding(text: bytes) -> Encoding:
    return msgspec.json.decode(text, type=Encoding)
