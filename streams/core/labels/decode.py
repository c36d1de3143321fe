"""Messages of the labels topic in, one table of labels and the refused messages out. All encodings of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, blank_rows, looks_nested, one_array, valid_rows
from streams.core.events.arrow_fields import Fields, fields_of_struct
from streams.core.events.arrow_scalars import scalars_from_arrow, texts_from_arrow, times_from_arrow
from streams.core.events.assemble import Group
from streams.core.events.avro_events import decoded
from streams.core.events.decode import read_messages
from streams.core.events.json_events import JsonDecoderState, why_malformed
from streams.core.events.json_query import pointer
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.payloads import Payloads
from streams.core.events.rejects import InvalidEventError, Reject
from streams.core.events.scalars import scalars_from_json, texts_from_json
from streams.core.events.schema_source import SchemaSource
from streams.core.events.table import SCALAR, Read
from streams.core.events.times import REMEDY, parse_times

LABELS: Final = pa.schema(
    [
        ("id", pa.string()),
        ("target", SCALAR),
        ("time_ms", pa.int64()),
        ("offset", pa.int64()),
        ("index", pa.int32()),
    ]
)
"""A label: the event's id, its truth, when that was known (the record's time where it does not say), where it stands
in the log, and its position within its message.
"""

_QUERY: Final = f"{pointer('id')}, {pointer('target')}, {pointer('time')}"
_READ: Final = pa.schema([("id", pa.string()), ("target", SCALAR), ("time_ms", pa.int64())])
_WRONG: Final = (
    "id: got none that is text; send the id of the prediction event",
    "target: got null, blank text, a nested or an infinite value; send text, a finite number or a boolean",
    f"time: got no time; {REMEDY}",
)


@dataclass(frozen=True, slots=True)
class DecodedLabels:
    """Every label of a chunk is in `table`, by `LABELS` in the order polled, or refused: see `decode.Decoded`."""

    table: pa.Table
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class LabelDecoder:
    """Decodes chunks. Make one per thread: it holds a parser that is not shared."""

    json: JsonDecoderState = field(default_factory=JsonDecoderState)

    def decode(self, messages: RawMessages, schemas: SchemaSource, limits: Limits) -> DecodedLabels:
        """Labels as columns; raises `SchemaUnavailableError` where a schema cannot be asked for now."""
        found = read_messages(messages, schemas, limits, self.json, self._read)
        return DecodedLabels(_assembled(found.messages, found.groups), found.rejects)

    def _read(self, payloads: Payloads) -> Read:
        if payloads.encoding.kind == "json":
            return _read_json(self.json, payloads.values)
        if payloads.encoding.kind == "avro":
            fields, rows, bad = decoded(payloads.values, payloads.encoding.schema)
            read = _read_arrow(fields, len(rows))
            wrong = {int(rows[row]): error for row, error in read.bad.items()}
            return Read(read.table, rows[read.kept], bad | wrong)
        return _read_arrow(fields_of_struct(payloads.values), len(payloads))


def _read_json(duck: JsonDecoderState, values: pa.BinaryArray) -> Read:
    parsed, valid = duck.select_valid(values.view(pa.string()), _QUERY)
    rows, bad = np.flatnonzero(valid), why_malformed(values, valid)
    ids, targets, times = (one_array(column).cast(pa.string()) for column in parsed.columns)
    time_ms, known = parse_times(_plain(times))
    unknown = valid_rows(times) & (times.to_numpy(zero_copy_only=False) != "null") & ~known
    read = _checked(_plain(ids), looks_nested(ids), scalars_from_json(targets), pa.array(time_ms, mask=~known), unknown)
    return Read(read.table, rows[read.kept], bad | {int(rows[row]): error for row, error in read.bad.items()})


def _plain(texts: pa.StringArray) -> pa.StringArray:
    """Contents of JSON strings, other values as they are written; null where a value is missing."""
    missing = pa.compute.equal(texts, "null")
    return pa.compute.if_else(missing, None, pa.compute.coalesce(texts_from_json(texts), texts))


def _read_arrow(fields: Fields, count: int) -> Read:
    nothing = pa.nulls(count)
    ids, no_text = texts_from_arrow(fields.get("id", nothing))
    times, unknown = times_from_arrow(fields.get("time", nothing))
    return _checked(ids, no_text, scalars_from_arrow(fields.get("target", nothing)), times, unknown)


def _checked(ids: pa.Array, no_text: Mask, targets: pa.StructArray, times: pa.Array, no_time: Mask) -> Read:
    text, number, truth = targets.flatten()
    finite = np.isfinite(number.fill_null(np.nan).to_numpy(zero_copy_only=False))
    untold = (
        blank_rows(pa.compute.utf8_trim_whitespace(text))
        & ~finite
        & (truth.fill_null(-1).to_numpy(zero_copy_only=False) < 0)
    )
    wrong = (no_text | blank_rows(ids), untold, no_time)
    bad: dict[int, Exception] = {}
    for mask, reason in zip(wrong, _WRONG, strict=True):
        for row in np.flatnonzero(mask).tolist():
            bad.setdefault(row, InvalidEventError(reason))
    table = pa.table([ids, targets, times], schema=_READ)
    kept = np.ones(len(ids), np.bool_)
    kept[list(bad)] = False
    return Read(table.filter(pa.array(kept)) if bad else table, np.flatnonzero(kept), bad)


def _assembled(messages: RawMessages, groups: Sequence[Group]) -> pa.Table:
    """Labels of all encodings in the order polled."""
    table = pa.concat_tables([_READ.empty_table(), *(group.table for group in groups)])
    rows = _joined([group.payloads.messages for group in groups], np.int64)
    index = _joined([group.payloads.indexes for group in groups], np.int32)
    order = np.lexsort((index, rows))
    table, rows, index = table.take(pa.array(order)), rows[order], index[order]
    time_ms = pa.compute.coalesce(table["time_ms"], pa.array(messages.timestamps_ms[rows]))
    columns = [table["id"], table["target"], time_ms, pa.array(messages.offsets[rows]), pa.array(index)]
    return pa.table(columns, schema=LABELS).combine_chunks()


def _joined(parts: Sequence[NDArray[np.generic]], kind: type[np.generic]) -> NDArray[np.int64]:
    joined: NDArray[np.int64] = np.concatenate([np.zeros(0, kind), *parts])
    return joined
