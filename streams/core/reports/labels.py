"""Values of a column as the text that reports show."""

from typing import Any, Literal

import numpy as np
import pyarrow as pa

from streams.core.reports.column import Column, Family

Unit = Literal["s", "ms", "us", "ns"]


def _label(column: Column, key: Any) -> str:
    """One distinct value of the column (an element of its counts' keys, but no instant) as text."""
    match column.family:
        case Family.TRUTH:
            return "true" if key else "false"
        case Family.NUMBER:
            if isinstance(key, int) or (column.is_integer and float(key).is_integer()):
                return str(int(key))
            return _written(float(key)) if column.is_narrow else repr(float(key))
        case _:
            return str(key)


def labels(column: Column, keys: pa.Array) -> list[str]:
    """Several distinct values of the column as text."""
    if column.family is Family.TIME:
        return [instant(tick, keys.type.unit) for tick in keys.cast(pa.int64()).to_pylist()]
    return [_label(column, key) for key in keys.to_pylist()]


def _written(number: float) -> str:
    """A float of 32 bits as short as it can be written: 0.1, not 0.10000000149011612."""
    with np.errstate(over="ignore"):
        narrow = np.float32(number)
    return str(narrow) if float(narrow) == number else repr(number)


def instant(ticks: int, unit: Unit = "ms") -> str:
    """Ticks since the epoch as RFC 3339 in UTC, for example 2026-11-21T10:00:00.000Z; finer where they are."""
    moment = np.datetime64(int(ticks), unit)
    in_ms = moment.astype("datetime64[ms]")
    # A window may begin before the year 1, which Python's datetime does not know.
    return f"{np.datetime_as_string(in_ms if in_ms == moment else moment)}Z"
