"""Texts, numbers, booleans and times in Arrow columns of whatever type."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, null_rows, valid_rows
from streams.core.events.arrow_values import Values, values_of
from streams.core.events.scalars import scalars
from streams.core.events.times import parse_times, within_range

_MS_PER_DAY = 86_400_000
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_EXACT = 2**53


def scalars_from_arrow(column: pa.Array) -> pa.StructArray:
    """`SCALAR` per row. A moment in time is text."""
    values = values_of(column)
    return scalars(_joined(values, _plain_texts), _numbers(values), _truths(values), _missing(values))


def texts_from_arrow(column: pa.Array) -> tuple[pa.StringArray, Mask]:
    """Text per row (a number or boolean gives its JSON text), and which rows hold something that has none."""
    values = values_of(column)
    texts = _joined(values, any_texts)
    return texts, null_rows(texts) & ~_missing(values)


def plain_texts_from_arrow(column: pa.Array) -> pa.StringArray:
    """Text where a row holds text, null elsewhere."""
    return _joined(values_of(column), _plain_texts)


def missing_from_arrow(column: pa.Array) -> Mask:
    """Rows without a value."""
    return _missing(values_of(column))


def numbers_from_arrow(column: pa.Array) -> NDArray[np.float64]:
    """Number per row, NaN where a row holds none."""
    return _numbers(values_of(column))


def times_from_arrow(column: pa.Array) -> tuple[pa.Int64Array, Mask]:
    """Epoch milliseconds (rounded down) per row, and which rows hold no time of the years 1 to 9999."""
    values = values_of(column)
    out, known = np.zeros(len(column), np.int64), np.zeros(len(column), np.bool_)
    for branch in values.branches:
        times, good = _times(branch.values)
        branch.put(out, times)
        branch.put(known, good)
    return pa.array(out, mask=~known), ~(known | _missing(values))


def any_texts(values: pa.Array) -> pa.StringArray | None:
    """Text per value of a plain type, a number or a boolean as JSON has it; None for a type without."""
    kind = values.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return values.cast(pa.string())
    if pa.types.is_floating(kind):
        return pa.array([None if one is None else json.dumps(one) for one in values.to_pylist()], pa.string())
    return _plain_texts(values)


def _plain_texts(values: pa.Array) -> pa.StringArray | None:
    kind = values.type
    moment = pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind)
    return values.cast(pa.string()) if pa.types.is_string(kind) or moment else None


def _joined(values: Values, convert: Callable[[pa.Array], pa.StringArray | None]) -> pa.StringArray:
    texts, places, count = [], np.full(values.length, -1, np.int64), 0
    for branch in values.branches:
        part = convert(branch.values)
        if part is None:
            continue
        if branch.rows is None:
            return part
        branch.put(places, np.arange(count, count + len(part)))
        texts.append(part)
        count += len(part)
    if not texts:
        return pa.nulls(values.length, pa.string())
    return pa.concat_arrays(texts).take(pa.array(places, mask=places < 0))


def _numbers(values: Values) -> NDArray[np.float64]:
    out = np.full(values.length, np.nan)
    for branch in values.branches:
        kind = branch.values.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            branch.put(out, _doubles(branch.values))
    return out


def _truths(values: Values) -> NDArray[np.int8]:
    out = np.full(values.length, -1, np.int8)
    for branch in values.branches:
        if pa.types.is_boolean(branch.values.type):
            branch.put(out, branch.values.cast(pa.int8()).fill_null(-1).to_numpy(zero_copy_only=False))
    return out


def _missing(values: Values) -> Mask:
    out = np.ones(values.length, np.bool_)
    for branch in values.branches:
        branch.put(out, null_rows(branch.values))
    return out


def _times(values: pa.Array) -> tuple[NDArray[np.int64], Mask]:
    kind = values.type
    if pa.types.is_string(kind):
        return parse_times(values)
    if pa.types.is_floating(kind) or pa.types.is_uint64(kind):
        return _floored(_doubles(values))
    if pa.types.is_timestamp(kind):
        times = _milliseconds(_integers(values), _PER_SECOND[kind.unit])
    elif pa.types.is_date(kind):
        times = _integers(values.cast(pa.date32()).cast(pa.int32())) * _MS_PER_DAY
    elif pa.types.is_integer(kind):
        times = _integers(values)
    else:
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    return times, valid_rows(values) & within_range(times)


def _milliseconds(ticks: NDArray[np.int64], per_second: int) -> NDArray[np.int64]:
    if per_second < _PER_SECOND["ms"]:
        return np.clip(ticks, -_EXACT, _EXACT) * _PER_SECOND["ms"]
    return ticks // (per_second // _PER_SECOND["ms"])


def _integers(values: pa.Array) -> NDArray[np.int64]:
    out: NDArray[np.int64] = values.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return out


def _doubles(values: pa.Array) -> NDArray[np.float64]:
    doubles = values.cast(pa.float64(), safe=False)
    out: NDArray[np.float64] = doubles.fill_null(np.nan).to_numpy(zero_copy_only=False)
    return out


def _floored(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], Mask]:
    floor = np.where(np.isfinite(values), np.floor(values), np.inf)
    good = within_range(floor)
    return np.where(good, floor, 0).astype(np.int64), good
