"""Masks from Arrow columns. A null is never equal to, in, or beyond anything."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.operators.contracts import Mask


def mask_of(answers: pa.BooleanArray) -> Mask:
    """Unpack Arrow's bits to a numpy mask; a null is False. (Several times faster than `to_numpy`.)"""
    if not len(answers):
        return np.empty(0, np.bool_)
    known, bits = answers.buffers()
    mask = _unpacked(bits, answers.offset, len(answers))
    return mask if known is None else mask & _unpacked(known, answers.offset, len(answers))


def _unpacked(bits: pa.Buffer, start: int, size: int) -> Mask:
    flat = np.unpackbits(np.frombuffer(bits, np.uint8), count=start + size, bitorder="little")
    return flat[start:].view(np.bool_)


def all_of(masks: Iterable[Mask]) -> Mask:
    """Return True where every mask is True; at least one mask."""
    return reduce(and_, masks)


def any_of(masks: Iterable[Mask]) -> Mask:
    """Return True where a mask is True; at least one mask."""
    return reduce(or_, masks)


def equals(column: pa.StringArray, value: str) -> Mask:
    """Return True where a text is `value`."""
    return mask_of(pc.equal(column, pa.scalar(value, pa.string())))


def is_in(column: pa.StringArray, values: Iterable[str]) -> Mask:
    """Return True where a text is one of `values`."""
    listed = tuple(values)
    if len(listed) == 1:
        return equals(column, listed[0])
    return mask_of(pc.is_in(column, pa.array(listed, pa.string())))
