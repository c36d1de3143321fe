"""Whole numbers that doubles would round, those beyond 2**53: read, compared and subtracted exactly."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[Any]
"""Of doubles, of int64 or of uint64."""

EXACT: Final = 2**53
"""The largest size up to which doubles hold every whole number."""

_SAFE_DIGITS: Final = 15
"""Decimals of so many digits are told apart by doubles."""


def numbers_of(values: pa.ChunkedArray) -> Numbers:
    """Numbers without nulls as doubles, or as int64 or uint64 where they are whole and a double would round one.

    Zero has no sign, as -0.0 and 0.0 are one value.
    """
    whole = _whole(values)
    if whole is not None:
        return whole
    floats: Floats = pc.cast(values, pa.float64(), safe=False).to_numpy()
    return floats + 0.0


def aligned(one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Both as one type: whole where both are whole, as doubles where a side has fractions or no type holds both."""
    if one.dtype == other.dtype:
        return one, other
    for whole in (np.dtype(np.int64), np.dtype(np.uint64)):
        if whole in (one.dtype, other.dtype) and all(_fits(side, whole) for side in (one, other)):
            return one.astype(whole), other.astype(whole)
    return one.astype(np.float64), other.astype(np.float64)


def less(values: Numbers, origin: Any) -> Floats:
    """Values less an origin of their type: exact where they lie within 2**53 of it."""
    if values.dtype == np.float64:
        return np.asarray(values - origin, np.float64)
    above = values >= origin
    with np.errstate(over="ignore"):  # the difference of two 64-bit numbers, as 64 bits without a sign
        distance = np.where(above, values - origin, origin - values).view(np.uint64).astype(np.float64)
    differences: Floats = np.where(above, distance, -distance)
    return differences


def _whole(values: pa.ChunkedArray) -> Numbers | None:
    """The values as whole numbers; None where they are not, or doubles hold them all."""
    kind = values.type
    if pa.types.is_decimal(kind):
        return _of_decimals(values) if kind.precision - kind.scale > _SAFE_DIGITS else None
    if not pa.types.is_integer(kind) or kind.bit_width < 64 or not len(values):  # noqa: PLR2004 - bits
        return None
    ends = pc.min_max(values)
    if ends["min"].as_py() >= -EXACT and ends["max"].as_py() <= EXACT:
        return None
    numbers: Numbers = values.to_numpy()
    return numbers.astype(np.int64) if _fits(numbers, np.dtype(np.int64)) else numbers


def _of_decimals(values: pa.ChunkedArray) -> Numbers | None:
    for kind in (pa.int64(), pa.uint64()):
        try:
            return _whole(pc.cast(values, kind))
        except pa.ArrowInvalid:
            continue
    return None


def _fits(values: Numbers, whole: np.dtype[np.generic]) -> bool:
    """Whether all values are whole numbers of that type."""
    if not len(values) or values.dtype == whole:
        return True
    low, high = values.min(), values.max()
    if values.dtype == np.float64:
        is_exact = low >= -EXACT and high <= EXACT and bool((values == np.floor(values)).all())
        return is_exact and (whole == np.int64 or bool(low >= 0))
    return bool(low >= 0) if whole == np.uint64 else bool(high <= np.iinfo(np.int64).max)
