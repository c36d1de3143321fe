"""Which times are believed: nothing before there were such events, nothing from a future that has not come.

How far the present has come is no part of an event: whoever reads a message says it (`RawMessages.presents_ms`). Only a
record's own timestamp, or an event whose record has none, is held against it; all else is told by the log alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, valid_rows
from streams.core.events.messages import NO_TIMESTAMP, RawMessages
from streams.core.events.payloads import Payloads
from streams.core.events.rejects import AheadOfClockError, InvalidEventError, RejectedError
from streams.core.events.table import Read
from streams.core.events.times import EARLIEST_MS, LATEST_MS, unit_meant, written

_EARLIEST = "windows.earliest_time"
_RECORD_AHEAD = "windows.record_ahead_s"
_EVENT_AHEAD = "windows.event_ahead_s"
_NO_TIME = "time: the event has none, and its record has no timestamp; send a time, or produce with timestamps"


@dataclass(frozen=True, slots=True)
class TimeBounds:
    """Times from `earliest_ms` on are believed. A record's timestamp may be `record_ahead_ms` ahead of the reader's
    clock, an event's time `event_ahead_ms` ahead of its record's timestamp.
    """

    earliest_ms: int = EARLIEST_MS
    record_ahead_ms: int = LATEST_MS
    event_ahead_ms: int = LATEST_MS - EARLIEST_MS

    @property
    def of_the_log_alone(self) -> TimeBounds:
        """The same, without asking how far the present has come."""
        return replace(self, record_ahead_ms=LATEST_MS)


def refused_records(messages: RawMessages, bounds: TimeBounds) -> dict[int, RejectedError]:
    """Why messages are refused whole for their record's timestamp, by row. One that has none is not refused."""
    stamps = messages.timestamps_ms
    early = (stamps < bounds.earliest_ms) & (stamps != NO_TIMESTAMP)
    ahead = stamps > _presents(messages) + bounds.record_ahead_ms
    found: dict[int, RejectedError] = {}
    for row in np.flatnonzero(early).tolist():
        found[row] = InvalidEventError(_too_early("record timestamp", int(stamps[row]), bounds))
    for row in np.flatnonzero(ahead).tolist():
        found[row] = AheadOfClockError(_ahead("record timestamp", int(stamps[row]), *_clock(messages, row, bounds)))
    return found


def believed(read: Read, payloads: Payloads, messages: RawMessages, bounds: TimeBounds) -> Read:
    """What a decoder read, with events refused whose time is none: too early, too far ahead, or nowhere to be found."""
    rows = payloads.messages[read.kept]
    bad = dict(_refused_events(read.table["time_ms"], rows, messages, bounds))
    if not bad:
        return read
    kept = np.ones(len(rows), np.bool_)
    kept[list(bad)] = False
    refused = {int(read.kept[row]): error for row, error in bad.items()}
    return Read(read.table.filter(pa.array(kept)), read.kept[kept], {**refused, **read.bad})


def _refused_events(
    column: pa.ChunkedArray, rows: NDArray[np.int64], messages: RawMessages, bounds: TimeBounds
) -> Iterator[tuple[int, RejectedError]]:
    stamps, given = messages.timestamps_ms[rows], valid_rows(column)
    unstamped = stamps == NO_TIMESTAMP
    times: NDArray[np.int64] = column.fill_null(bounds.earliest_ms).to_numpy()
    for row in np.flatnonzero(times < bounds.earliest_ms).tolist():
        yield row, InvalidEventError(_too_early("time", int(times[row]), bounds))
    for row in np.flatnonzero(~unstamped & (times > stamps + bounds.event_ahead_ms)).tolist():
        record = f"its record's timestamp {written(int(stamps[row]))}"
        yield row, InvalidEventError(_ahead("time", int(times[row]), record, bounds.event_ahead_ms, _EVENT_AHEAD))
    if unstamped.any():
        yield from _refused_unstamped(times, ~given & unstamped, rows, messages, bounds)


def _refused_unstamped(
    times: NDArray[np.int64], timeless: Mask, rows: NDArray[np.int64], messages: RawMessages, bounds: TimeBounds
) -> Iterator[tuple[int, RejectedError]]:
    """Events of records without a timestamp: their own time stands for it. What the clock says holds for all events of
    a message, so that one dead letter tells of it.
    """
    for row in np.flatnonzero(timeless).tolist():
        yield row, InvalidEventError(_NO_TIME)
    unstamped = messages.timestamps_ms[rows] == NO_TIMESTAMP
    ahead = unstamped & (times > (_presents(messages) + bounds.record_ahead_ms)[rows])
    worst = {int(rows[row]): row for row in np.flatnonzero(ahead).tolist()}
    for row in np.flatnonzero(np.isin(rows, list(worst))).tolist():
        message = int(rows[row])
        text = _ahead("time", int(times[worst[message]]), *_clock(messages, message, bounds))
        yield row, AheadOfClockError(f"{text} (the record has no timestamp)")


def _presents(messages: RawMessages) -> NDArray[np.int64]:
    if messages.presents_ms is None:
        return np.full(len(messages), LATEST_MS)
    return messages.presents_ms


def _clock(messages: RawMessages, row: int, bounds: TimeBounds) -> tuple[str, int, str]:
    return f"this worker's clock {written(int(_presents(messages)[row]))}", bounds.record_ahead_ms, _RECORD_AHEAD


def _too_early(field: str, time_ms: int, bounds: TimeBounds) -> str:
    remedy = unit_meant(time_ms) or f"send a later time, or set {_EARLIEST} to an earlier one"
    return f"{field}: got {_shown(time_ms)}, before {_EARLIEST}={written(bounds.earliest_ms)}; {remedy}"


def _ahead(field: str, time_ms: int, than: str, allowed_ms: int, setting: str) -> str:
    remedy = unit_meant(time_ms) or f"put the sender's clock right, or raise {setting}={allowed_ms / 1000:g}"
    return f"{field}: got {_shown(time_ms)}, more than {setting}={allowed_ms / 1000:g} ahead of {than}; {remedy}"


def _shown(time_ms: int) -> str:
    return f"{time_ms} ({written(time_ms)})"
