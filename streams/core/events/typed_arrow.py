"""One type per column (see `typed`) for Arrow columns of whatever type."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from streams.core.events.arrow_scalars import any_texts
from streams.core.events.arrow_values import Branch, values_of
from streams.core.events.typed import Typed

_Kind = Literal["truth", "integer", "float", "text", "nested"]


def typed_from_arrow(column: pa.Array) -> Typed:
    """Type a column by the values that it holds, not by all that its type could hold."""
    values = values_of(column)
    branches = [branch for branch in values.branches if branch.values.null_count < len(branch.values)]
    kinds = {_kind(branch.values) for branch in branches}
    if not kinds:
        return Typed(pa.nulls(len(column)))
    if kinds == {"integer", "float"}:
        kinds = {"float"}
    kind = kinds.pop() if len(kinds) == 1 else "nested"
    arrays = [_CONVERT[kind](branch.values) for branch in branches]
    return Typed(_scattered(arrays, branches, len(column)), is_json=kind == "nested")


def _scattered(arrays: list[pa.Array], branches: list[Branch], length: int) -> pa.Array:
    if len(branches) == 1 and branches[0].rows is None:
        return arrays[0]
    places, start = np.full(length, -1, np.int64), 0
    for branch in branches:
        branch.put(places, np.arange(start, start + len(branch.values)))
        start += len(branch.values)
    return pa.concat_arrays(arrays).take(pa.array(places, mask=places < 0))


def _kind(values: pa.Array) -> _Kind:
    kind = values.type
    if pa.types.is_boolean(kind):
        return "truth"
    if pa.types.is_integer(kind):
        return "integer" if _fits(values) else "float"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "float"
    return "nested" if pa.types.is_nested(kind) else "text"


def _fits(values: pa.Array) -> bool:
    try:
        values.cast(pa.int64())
    except pa.ArrowInvalid:
        return False
    return True


def _float(values: pa.Array) -> pa.Array:
    return values.cast(pa.float64(), safe=False)


def _text(values: pa.Array) -> pa.Array:
    texts = any_texts(values)
    if texts is not None:
        return texts
    plain = [_plain(value) for value in values.to_pylist()]
    return pa.array([value if value is None or isinstance(value, str) else str(value) for value in plain], pa.string())


def json_texts(values: pa.Array) -> pa.StringArray:
    """JSON text per value, whatever the type."""
    plain = values.to_pylist(maps_as_pydicts="lossy")
    return pa.array([None if value is None else _dumped(value) for value in plain], pa.string())


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """What JSON has no type for: bytes as Base64, anything else (a moment, a decimal) as its text."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if value is None else str(value)


_CONVERT: Mapping[_Kind, Callable[[pa.Array], pa.Array]] = {
    "truth": lambda values: values,
    "integer": lambda values: values.cast(pa.int64()),
    "float": _float,
    "text": _text,
    "nested": json_texts,
}
