"""Events that are still encoded, one per row: what unpacking messages yields and what decoders take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.encoding import Encoding
from streams.core.events.rejects import Remains

_ENVELOPE = b'{"specversion":"1.0","id":"-","source":"-","type":"-","data":'


@dataclass(frozen=True, slots=True)
class Payloads:
    """Events of one encoding in the order polled.

    `messages[i]` is the row in the chunk of the message that event i came in, `indexes[i]` its position there;
    `many[i]` says whether the message is of a form that can hold many events (only then is the position part of a
    derived id). `unread` says by row why an event is refused as it came: its value is no event of the encoding.
    `joined` makes a message of some of the events, by row; None where each event is a message of its own.
    """

    encoding: Encoding
    values: pa.Array
    messages: NDArray[np.int64]
    indexes: NDArray[np.int32]
    many: NDArray[np.bool_]
    unread: Mapping[int, Exception] = field(default_factory=dict)
    joined: Join | None = None

    def __len__(self) -> int:
        """Count events."""
        return len(self.values)

    def where(self, mask: NDArray[np.bool_]) -> Payloads:
        """Keep the rows where `mask` is true, none of which is unread."""
        return Payloads(
            self.encoding,
            self.values.filter(pa.array(mask)),
            self.messages[mask],
            self.indexes[mask],
            self.many[mask],
        )


Join = Callable[[Payloads, Sequence[int]], Remains]


def as_array(payloads: Payloads, rows: Sequence[int]) -> Remains:
    """JSON events as an array of events."""
    return Remains(b"[" + b",".join(_taken(payloads, rows)) + b"]", "application/json")


def as_lines(payloads: Payloads, rows: Sequence[int]) -> Remains:
    """JSON events as lines."""
    return Remains(b"\n".join(_taken(payloads, rows)), "application/x-ndjson")


def as_batch(payloads: Payloads, rows: Sequence[int]) -> Remains:
    """JSON events as a batch of CloudEvents. What is unread is one as it came; others say all that theirs said."""
    texts = zip(rows, _taken(payloads, rows), strict=True)
    events = [text if row in payloads.unread else _ENVELOPE + text + b"}" for row, text in texts]
    return Remains(b"[" + b",".join(events) + b"]", "application/cloudevents-batch+json")


def _taken(payloads: Payloads, rows: Sequence[int]) -> list[bytes]:
    return list(payloads.values.take(pa.array(rows, pa.int64())).to_pylist())


def single_events(encoding: Encoding, values: pa.Array, messages: NDArray[np.int64]) -> Payloads:
    """One event per message."""
    count = len(values)
    return Payloads(encoding, values, messages, np.zeros(count, np.int32), np.zeros(count, np.bool_))
