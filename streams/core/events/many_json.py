"""Events that are written one message at a time as JSON: the few forms that are not worth a block of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.encoding import JSON
from streams.core.events.payloads import Payloads
from streams.core.events.rejects import InvalidEventError, RejectedError, TooLargeError


@dataclass(frozen=True, slots=True)
class Written:
    """The events of one message as JSON; `many` where its form can hold many."""

    events: Sequence[bytes]
    many: bool


def written_payloads(
    rows: NDArray[np.int64], write: Callable[[int], Written], max_events: int
) -> tuple[Payloads, dict[int, RejectedError]]:
    """Write the events of each message and put them together; why other messages cannot be written."""
    done: list[tuple[int, Written]] = []
    bad: dict[int, RejectedError] = {}
    for row in rows.tolist():
        try:
            done.append((row, checked(write(row), max_events)))
        except RejectedError as error:
            bad[row] = error
    counts = [len(written.events) for _, written in done]
    payloads = Payloads(
        JSON,
        pa.array([event for _, written in done for event in written.events], pa.binary()),
        np.repeat(np.array([row for row, _ in done], np.int64), counts),
        np.concatenate([np.zeros(0, np.int32), *(np.arange(count, dtype=np.int32) for count in counts)]),
        np.repeat(np.array([written.many for _, written in done], np.bool_), counts),
    )
    return payloads, bad


def checked(written: Written, max_events: int) -> Written:
    """Refuse a message without events (it would vanish without a trace) or with too many."""
    check_count(len(written.events), max_events)
    return written


def check_count(count: int, max_events: int) -> None:
    """See `checked`."""
    if count > max_events:
        raise TooLargeError(f"message: got {count} events; send at most {max_events} in one (or raise the limit)")
    if not count:
        raise InvalidEventError("message: got no events; send at least one")
