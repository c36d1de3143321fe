"""Values of a column as the text that reports show."""

from typing import Any

import numpy as np
import pyarrow as pa

from streams.core.reports.column import Column, Family


def label(column: Column, key: Any) -> str:
    """One distinct value of the column (an element of its counts' keys) as text."""
    match column.family:
        case Family.TRUTH:
            return "true" if key else "false"
        case Family.NUMBER:
            return str(int(key)) if float(key).is_integer() and column.is_integer else repr(float(key))
        case Family.TIME:
            return instant(key)
        case _:
            return str(key)


def labels(column: Column, keys: pa.Array) -> list[str]:
    """Several distinct values of the column as text."""
    return [label(column, key) for key in keys.to_pylist()]


def instant(epoch_ms: float) -> str:
    """Epoch milliseconds as RFC 3339 in UTC, for example 2026-11-21T10:00:00.000Z."""
    return f"{np.datetime_as_string(np.datetime64(int(epoch_ms), 'ms'))}Z"  # a window may begin before the year 1
