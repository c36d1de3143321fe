"""JSON texts, one scalar per row, to typed columns."""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.core.events.arrays import Mask, first_bytes, lengths_of
from streams.core.events.table import SCALAR

_QUOTE, _ZERO, _NINE, _TRUE, _FALSE, _NULL = b'"09tfn'
_NULL_BYTES = 4
_OTHER_NUMBER = np.frombuffer(b"-NnIi", np.uint8)  # NaN, Infinity, in capitals or not


def scalars_from_json(texts: pa.StringArray) -> pa.StructArray:
    """`SCALAR` per JSON text (null = missing); what is beyond a double is infinite."""
    first = first_bytes(texts)
    is_text = first == _QUOTE
    present = present_rows(texts)
    is_number = number_rows(first) & present
    truth = np.where(first == _TRUE, 1, np.where(first == _FALSE, 0, -1)).astype(np.int8)
    number = _numbers(texts, is_number)
    return scalars(_texts(texts, is_text), number, truth, ~present)


def present_rows(texts: pa.StringArray) -> Mask:
    """JSON texts that are neither null nor `null`."""
    first = first_bytes(texts)
    may_be_null = first == _NULL
    present: Mask = first != 0
    return present & ~(may_be_null & (lengths_of(texts) == _NULL_BYTES)) if may_be_null.any() else present


def number_rows(first: NDArray[np.uint8]) -> Mask:
    """Which first bytes of JSON texts that are present begin a number."""
    numbers: Mask = ((first >= _ZERO) & (first <= _NINE)) | np.isin(first, _OTHER_NUMBER)
    return numbers


def scalars(
    text: pa.StringArray, number: NDArray[np.float64], truth: NDArray[np.int8], missing: NDArray[np.bool_]
) -> pa.StructArray:
    """Assemble a `SCALAR` array."""
    parts = [text, pa.array(number), pa.array(truth)]
    return pa.StructArray.from_arrays(parts, fields=list(SCALAR), mask=pa.array(missing))


def _numbers(texts: pa.StringArray, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    out = np.full(len(texts), np.nan)
    if rows.any():
        out[rows] = texts.filter(pa.array(rows)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return out


def _texts(texts: pa.StringArray, rows: NDArray[np.bool_]) -> pa.StringArray:
    if not rows.any():
        return pa.nulls(len(texts), pa.string())
    if rows.all():
        return unquoted(texts)
    return scattered(unquoted(texts.filter(pa.array(rows))), rows)


def texts_from_json(texts: pa.StringArray) -> pa.StringArray:
    """Contents where a row's JSON text is a string literal, else null."""
    return _texts(texts, first_bytes(texts) == _QUOTE)


def unquoted(literals: pa.StringArray) -> pa.StringArray:
    """Contents of JSON string literals, none of them null."""
    plain = pc.binary_slice(literals.cast(pa.binary()), 1, -1).view(pa.string())
    escaped = pc.match_substring(literals, "\\")
    if not escaped.true_count:
        return plain
    contents = list(map(msgspec.json.decode, literals.filter(escaped).to_pylist()))
    return pc.replace_with_mask(plain, escaped, pa.array(contents, pa.string()))


def scattered(values: pa.Array, rows: NDArray[np.bool_]) -> pa.Array:
    """Put `values` where `rows` is true, in order, and null elsewhere."""
    positions = np.cumsum(rows, dtype=np.int64) - 1
    return values.take(pa.array(positions, mask=~rows))
