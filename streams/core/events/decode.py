"""Messages in, one block of events and the refused messages out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from streams.core.events.arrays import lengths_of
from streams.core.events.assemble import Group, assemble
from streams.core.events.block import EventBlock
from streams.core.events.encoding import JSON
from streams.core.events.json_events import JsonDecoderState
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.payloads import Payloads, single_events
from streams.core.events.projection import Projection
from streams.core.events.rejects import MalformedError, Reject, TooLargeError, reject
from streams.core.events.schema_source import SchemaSource
from streams.core.events.table import Read


@dataclass(frozen=True, slots=True)
class Decoded:
    """Every message of a chunk is either wholly in `block` or in `rejects`, never in both."""

    block: EventBlock
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class Decoder:
    """Decodes chunks. Make one per thread: it holds a parser that is not shared."""

    json: JsonDecoderState = field(default_factory=JsonDecoderState)

    def decode(self, messages: RawMessages, projection: Projection, schemas: SchemaSource, limits: Limits) -> Decoded:
        """Events as columns, projected; raises `SchemaUnavailableError` where a schema cannot be asked for now."""
        parts, bad = _unpacked(messages, limits)
        groups = []
        for payloads in parts:
            read = self._read(payloads, projection)
            bad |= _by_message(read, payloads)
            groups.append((payloads, read))
        rejects = tuple(reject(row, bad[row]) for row in sorted(bad))
        kept = [_kept(payloads, read, bad) for payloads, read in groups]
        return Decoded(assemble(messages, kept, projection), rejects)

    def _read(self, payloads: Payloads, projection: Projection) -> Read:
        return self.json.read(payloads.values, projection)


def _unpacked(messages: RawMessages, limits: Limits) -> tuple[list[Payloads], dict[int, Exception]]:
    values = pa.array(messages.values, pa.binary())
    bad: dict[int, Exception] = {}
    rows = np.arange(len(values), dtype=np.int64)
    too_large = lengths_of(values) > limits.max_message_bytes
    if values.null_count or too_large.any():
        null = values.is_null().to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(null):
            bad[int(row)] = MalformedError("value: got null (a tombstone); events cannot be deleted, send a value")
        for row in np.flatnonzero(too_large):
            bad[int(row)] = TooLargeError(
                f"value: got {len(values[row].as_buffer())} bytes; send at most {limits.max_message_bytes} "
                "(split it, or raise the limit)"
            )
        good = ~(null | too_large)
        rows, values = rows[good], values.filter(pa.array(good))
    return [single_events(JSON, values, rows)] if len(rows) else [], bad


def _by_message(read: Read, payloads: Payloads) -> dict[int, Exception]:
    first: dict[int, Exception] = {}
    for row in sorted(read.bad):
        first.setdefault(int(payloads.messages[row]), read.bad[row])
    return first


def _kept(payloads: Payloads, read: Read, bad: dict[int, Exception]) -> Group:
    # a message with a bad event is refused whole: a dead letter that is sent again must not double its other events
    if not bad:
        return Group(payloads, read.table)
    kept = np.zeros(len(payloads), np.bool_)
    kept[read.kept] = True
    kept &= ~np.isin(payloads.messages, np.fromiter(bad, np.int64))
    return Group(payloads.where(kept), read.table.filter(pa.array(kept[read.kept])))
