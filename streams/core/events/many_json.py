"""Events that are written one message at a time as JSON: the few forms that are not worth a block of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.encoding import JSON
from streams.core.events.limits import Limits
from streams.core.events.payloads import Join, Payloads, as_array
from streams.core.events.rejects import InvalidEventError, RejectedError, TooLargeError


@dataclass(frozen=True, slots=True)
class Unread:
    """One of the events of a message, as it came, and why it is none."""

    source: bytes
    error: RejectedError


@dataclass(frozen=True, slots=True)
class Written:
    """The events of one message as JSON, written as they are asked for; `many` where its form can hold many."""

    events: Iterable[bytes | Unread]
    many: bool


def written_payloads(
    rows: NDArray[np.int64], write: Callable[[int], Written], limits: Limits, joined: Join = as_array
) -> tuple[Payloads, dict[int, RejectedError]]:
    """Write the events of each message and put them together; why other messages cannot be written."""
    done: list[tuple[int, list[bytes | Unread], bool]] = []
    bad: dict[int, RejectedError] = {}
    for row in rows.tolist():
        try:
            written = write(row)
            done.append((row, bounded(written.events, limits), written.many))
        except RejectedError as error:
            bad[row] = error
    counts = [len(events) for _, events, _ in done]
    every = [event for _, events, _ in done for event in events]
    payloads = Payloads(
        JSON,
        pa.array(map(_bytes_of, every), pa.binary()),
        np.repeat(np.array([row for row, _, _ in done], np.int64), counts),
        places(counts),
        np.repeat(np.array([many for _, _, many in done], np.bool_), counts),
        {row: event.error for row, event in enumerate(every) if isinstance(event, Unread)},
        joined,
    )
    return payloads, bad


def places(counts: Iterable[int]) -> NDArray[np.int32]:
    """Position of each event in its message, for messages of so many events."""
    return np.concatenate([np.zeros(0, np.int32), *(np.arange(count, dtype=np.int32) for count in counts)])


def _bytes_of(event: bytes | Unread) -> bytes:
    return event.source if isinstance(event, Unread) else event


def bounded(events: Iterable[bytes | Unread], limits: Limits) -> list[bytes | Unread]:
    """The events of a message, refused as soon as they are too many or too large, or where there are none: such a
    message would vanish without a trace.
    """
    taken, size_bytes = [], 0
    for event in events:
        taken.append(event)
        size_bytes += len(_bytes_of(event))
        check_size(size_bytes, limits)
        if len(taken) > limits.max_events_per_message:
            break
    check_count(len(taken), limits)
    return taken


def check_size(size_bytes: int, limits: Limits) -> None:
    """TooLargeError where a message decodes to more than a worker may hold of it."""
    if size_bytes > limits.max_decoded_bytes:
        raise TooLargeError(
            f"message: becomes {size_bytes} bytes or more once decoded; send messages that become at most"
            f" {limits.max_decoded_bytes} (or raise limits.max_decoded_bytes)"
        )


def check_count(count: int, limits: Limits) -> None:
    """TooLargeError for a message of too many events, InvalidEventError for one of none."""
    most = limits.max_events_per_message
    if count > most:
        raise TooLargeError(f"message: got {count} events or more; the limit of one message is {most}")
    if not count:
        raise InvalidEventError("message: got no events; send at least one")
