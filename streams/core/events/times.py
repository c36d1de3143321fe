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
_NAIVE = pa.timestamp("us")
_DAY = r"\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_CLOCK = r"[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
_SHAPES = (
    (f"^{_DAY}{_CLOCK}(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)$", _ZONED),
    (f"^{_DAY}{_CLOCK}$", _NAIVE),
)
_DIGITS = r"^-?\d{1,15}$"
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_BEYOND_MICROS = re.compile(r"(\.\d{6})\d+", re.ASCII)


def parse_times(texts: pa.StringArray) -> tuple[NDArray[np.int64], Mask]:
    """Epoch milliseconds (rounded down) per row and whether the row could be parsed; a null row gives 0, False.

    A time without an offset is UTC.
    """
    try:
        times = texts.cast(_ZONED)
    except pa.ArrowInvalid:
        return _parse_mixed(texts)
    out = _milliseconds(times)
    return out, valid_rows(texts) & within_range(out)


def parse_time(text: str) -> int | None:
    """Epoch milliseconds of one text, None where it is no time: slow, and takes all that `parse_times` takes."""
    if _NUMBER.fullmatch(text):
        return _known(_floor(text))
    cleaned, leap_ms = _without_leap_second(_BEYOND_MICROS.sub(r"\1", text.upper()))
    for kind in (_ZONED, _NAIVE):
        try:
            moment = pa.array([cleaned], pa.string()).cast(kind)
        except pa.ArrowInvalid:
            continue
        return _known(int(_milliseconds(moment)[0]) + leap_ms)
    return None


def _parse_mixed(texts: pa.StringArray) -> tuple[NDArray[np.int64], Mask]:
    out = np.zeros(len(texts), np.int64)
    done = ~valid_rows(texts)
    for pattern, kind in _SHAPES:
        rows = _matching(texts, pattern, done)
        out[rows] = _milliseconds(texts.filter(pa.array(rows)).cast(kind))
        done |= rows
    rows = _matching(texts, _DIGITS, done)
    out[rows] = texts.filter(pa.array(rows)).cast(pa.int64()).to_numpy(zero_copy_only=False)
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
    micros: NDArray[np.int64] = times.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return micros // 1000


def _floor(number: str) -> int | None:
    try:
        return int(Decimal(number).to_integral_value(rounding="ROUND_FLOOR"))
    except InvalidOperation:
        return None


def _without_leap_second(text: str) -> tuple[str, int]:
    # RFC 3339 has 23:59:60, POSIX time has not: it counts as the second after
    return (text.replace(":60", ":59", 1), 1000) if text[16:19] == ":60" else (text, 0)


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
