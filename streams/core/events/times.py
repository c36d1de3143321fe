"""Event times: RFC 3339 text or epoch milliseconds, to epoch milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, valid_rows

EARLIEST_MS = -62_135_596_800_000
LATEST_MS = 253_402_300_799_999
REMEDY = "write RFC 3339 such as 2026-11-20T10:00:00.123Z, or epoch milliseconds"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_2000_S, _YEAR_2100_S = 946_684_800, 4_102_444_800
_UNITS: Final = {"seconds": 1, "microseconds": 10**6, "nanoseconds": 10**9}

_ZONED = pa.timestamp("us", tz="UTC")
_ZONED_NANOS = pa.timestamp("ns", tz="UTC")
_NAIVE = pa.timestamp("us")
_LEAP_YEAR = r"(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = (
    r"(?:\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    rf"|{_LEAP_YEAR}-02-29)"
)
_CLOCK = r"[T ](?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?"
_SHAPES = (
    (f"^{_DAY}{_CLOCK}(?:Z|[+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?)$", _ZONED),
    (f"^{_DAY}(?:{_CLOCK})?$", _NAIVE),
)
_DECIMAL = r"^-?\d{1,15}(?:\.\d{1,40})?$"
_BELOW_ITS_WHOLE = r"^-\d+\.\d*[1-9]"
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_BEYOND_MICROS = r"(:\d\d\.\d{6})\d+"
_LEAP_SECOND = r"^(.{16}):60"


def parse_times(texts: pa.StringArray) -> tuple[NDArray[np.int64], Mask]:
    """Epoch milliseconds (rounded down) per row and whether the row could be parsed; a null row gives 0, False.

    A time without an offset is UTC.
    """
    times = _cast(texts, _ZONED)
    if times is None:
        texts = pc.ascii_upper(texts)
        times = _cast(texts, _ZONED_NANOS)
    if times is None:
        return _parse_mixed(*_respelt(texts))
    out = _milliseconds(times)
    return out, valid_rows(texts) & within_range(out)


def _cast(texts: pa.StringArray, kind: pa.DataType) -> pa.TimestampArray | None:
    """Texts as times, None where one does not fit: one is tried first, for a refusal costs as much as 30 casts."""
    first = int(np.argmax(valid_rows(texts))) if len(texts) else 0
    try:
        texts[first : first + 1].cast(kind)
        return texts.cast(kind)
    except pa.ArrowInvalid:
        return None


def parse_time(text: str) -> int | None:
    """Epoch milliseconds of one text, None where it is no time: slow, and takes all that `parse_times` takes."""
    if _NUMBER.fullmatch(text):
        return _known(_floor(text))
    respelt, leap_ms = _respelt(pc.ascii_upper(pa.array([text], pa.string())))
    for kind in (_ZONED, _NAIVE):
        try:
            moment = respelt.cast(kind)
        except pa.ArrowInvalid:
            continue
        return _known(int((_milliseconds(moment) + leap_ms)[0]))
    return None


def _respelt(texts: pa.StringArray) -> tuple[pa.StringArray, NDArray[np.int64]]:
    """Times in capitals as Arrow takes them: at most six digits of fraction, no leap second; and what to add.

    RFC 3339 has 23:59:60, POSIX time has not: it counts as the second after.
    """
    texts = pc.replace_substring_regex(texts, _BEYOND_MICROS, r"\1")
    leaps = pc.match_substring_regex(texts, _LEAP_SECOND).fill_null(fill_value=False)
    if leaps.true_count:
        texts = pc.replace_substring_regex(texts, _LEAP_SECOND, r"\1:59")
    return texts, leaps.to_numpy(zero_copy_only=False) * np.int64(1000)


def _parse_mixed(texts: pa.StringArray, leaps_ms: NDArray[np.int64]) -> tuple[NDArray[np.int64], Mask]:
    out = np.zeros(len(texts), np.int64)
    done = ~valid_rows(texts)
    for pattern, kind in _SHAPES:
        rows = _matching(texts, pattern, done)
        out[rows] = _milliseconds(texts.filter(pa.array(rows)).cast(kind)) + leaps_ms[rows]
        done |= rows
    rows = _matching(texts, _DECIMAL, done)
    out[rows] = _floored(texts.filter(pa.array(rows)))
    done |= rows
    good = valid_rows(texts) & done & within_range(out)
    for row in np.flatnonzero(~done):
        time = parse_time(texts[row].as_py())
        out[row], good[row] = time or 0, time is not None
    return out, good


def _matching(texts: pa.StringArray, pattern: str, done: Mask) -> Mask:
    if done.all():
        return np.zeros(len(texts), np.bool_)
    matched: Mask = pc.match_substring_regex(texts, pattern).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    return matched & ~done


def _milliseconds(times: pa.TimestampArray) -> NDArray[np.int64]:
    ticks: NDArray[np.int64] = times.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return ticks // (1_000_000 if times.type == _ZONED_NANOS else 1000)


def _floored(decimals: pa.StringArray) -> NDArray[np.int64]:
    whole: NDArray[np.int64] = pc.replace_substring_regex(decimals, r"\..*", "").cast(pa.int64()).to_numpy()
    below: Mask = pc.match_substring_regex(decimals, _BELOW_ITS_WHOLE).to_numpy(zero_copy_only=False)
    return whole - below.astype(np.int64)


def _floor(number: str) -> int | None:
    try:
        return int(Decimal(number).to_integral_value(rounding="ROUND_FLOOR"))
    except InvalidOperation:
        return None


def within_range(times_ms: np.ndarray) -> Mask:
    """Times of the years 1 to 9999."""
    inside: Mask = (times_ms >= EARLIEST_MS) & (times_ms <= LATEST_MS)
    return inside


def _known(time_ms: int | None) -> int | None:
    return time_ms if time_ms is not None and EARLIEST_MS <= time_ms <= LATEST_MS else None


def written(time_ms: int) -> str:
    """A time as RFC 3339; beyond the years that there are, as its number."""
    try:
        return f"{(_EPOCH + timedelta(milliseconds=time_ms)).isoformat(timespec='milliseconds')}".replace("+00:00", "Z")
    except OverflowError:
        return f"{time_ms} ms"


def unit_meant(number: float) -> str | None:
    """What to do about a number that is no time in milliseconds but one of this century in another unit; else None."""
    for unit, per_second in _UNITS.items():
        if _YEAR_2000_S <= number / per_second < _YEAR_2100_S:
            moment = written(int(number / per_second * 1000))
            return f"these are {unit} ({moment}): send epoch milliseconds, or RFC 3339 text"
    return None


def time_remedy(value: object) -> str:
    """What to do about a value that is no time."""
    try:
        meant = unit_meant(float(value))  # type: ignore[arg-type] # whatever is no number raises
    except (TypeError, ValueError, OverflowError):
        meant = None
    return meant or REMEDY
