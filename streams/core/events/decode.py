"""Messages in, one block of events and the refused messages out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from streams.core.events.arrays import lengths_of, null_rows
from streams.core.events.arrow_columns import read_arrow
from streams.core.events.arrow_fields import fields_of_struct
from streams.core.events.assemble import Group, assemble
from streams.core.events.avro_events import read_avro
from streams.core.events.block import EventBlock
from streams.core.events.json_events import JsonDecoderState
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.payloads import Payloads
from streams.core.events.projection import Projection
from streams.core.events.refusals import named, sorted_out
from streams.core.events.rejects import MalformedError, Reject, TooLargeError, reject
from streams.core.events.schema_source import SchemaSource
from streams.core.events.table import Read
from streams.core.events.time_bounds import believed, refused_records
from streams.core.events.unpack import Chunk, unpack


@dataclass(frozen=True, slots=True)
class Decoded:
    """Every event of a chunk is in `block`, or its message is in `rejects`: whole, or as the part that is refused."""

    block: EventBlock
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class Decoder:
    """Decodes chunks. Make one per thread: it holds a parser that is not shared."""

    json: JsonDecoderState = field(default_factory=JsonDecoderState)

    def decode(self, messages: RawMessages, projection: Projection, schemas: SchemaSource, limits: Limits) -> Decoded:
        """Events as columns, projected; raises `SchemaUnavailableError` where a schema cannot be asked for now."""
        found = read_messages(messages, schemas, limits, self.json, lambda payloads: self._read(payloads, projection))
        return Decoded(assemble(found.messages, found.groups, projection), found.rejects)

    def _read(self, payloads: Payloads, projection: Projection) -> Read:
        if payloads.encoding.kind == "json":
            return self.json.read(payloads.values, projection)
        if payloads.encoding.kind == "avro":
            return read_avro(payloads.values, payloads.encoding.schema, projection)
        return read_arrow(fields_of_struct(payloads.values), len(payloads), projection)


@dataclass(frozen=True, slots=True)
class ReadMessages:
    """`messages` that could be looked into, what of them is good by encoding, and why other events are refused.

    A group's `messages` are rows of `messages`, those of `rejects` are rows of what was given.
    """

    messages: RawMessages
    groups: Sequence[Group]
    rejects: tuple[Reject, ...]


def read_messages(
    messages: RawMessages,
    schemas: SchemaSource,
    limits: Limits,
    json: JsonDecoderState,
    read: Callable[[Payloads], Read],
) -> ReadMessages:
    """Unpack messages and `read` what they hold, encoding by encoding; what is bad is refused, event by event.

    Raises `SchemaUnavailableError` where a schema cannot be asked for now.
    """
    values = pa.array(messages.values, pa.binary())
    refused = {**refused_records(messages, limits.times), **_refused(values, limits)}
    refused |= {row: MalformedError(why) for row, why in messages.unreadable.items()}
    rows = np.arange(len(messages), dtype=np.int64)
    if refused:
        rows = np.setdiff1d(rows, list(refused))
        messages, values = _subset(messages, rows), values.take(pa.array(rows))
    parts, unreadable = unpack(Chunk(messages, values, schemas, limits, json))
    rejects = [reject(row, error) for row, error in unreadable.items()]
    groups = []
    for payloads in parts:
        one = believed(read(payloads), payloads, messages, limits.times)
        group, some = sorted_out(payloads, one, limits.max_message_bytes)
        groups.append(group)
        rejects += some
    told = [replace(named(each, values), message=int(rows[each.message])) for each in rejects]
    told += [reject(row, error) for row, error in refused.items()]
    return ReadMessages(messages, groups, tuple(sorted(told, key=lambda each: each.message)))


def _refused(values: pa.BinaryArray, limits: Limits) -> dict[int, Exception]:
    too_large = lengths_of(values) > limits.max_message_bytes
    if not (values.null_count or too_large.any()):
        return {}
    tombstone = MalformedError("value: got null (a tombstone); events cannot be deleted, send a value")
    refused: dict[int, Exception] = dict.fromkeys(np.flatnonzero(null_rows(values)).tolist(), tombstone)
    for row in np.flatnonzero(too_large).tolist():
        size = f"got {len(values[row].as_buffer())} bytes; send at most {limits.max_message_bytes}"
        refused[row] = TooLargeError(f"value: {size} (split the message, or raise the limit)")
    return refused


def _subset(messages: RawMessages, rows: np.ndarray) -> RawMessages:
    return RawMessages(
        messages.topic,
        [messages.values[row] for row in rows],
        messages.partitions[rows],
        messages.offsets[rows],
        messages.timestamps_ms[rows],
        [messages.headers[row] for row in rows],
        presents_ms=None if messages.presents_ms is None else messages.presents_ms[rows],
    )
