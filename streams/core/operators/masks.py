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
    if answers.null_count:
        answers = pc.fill_null(answers, fill_value=False)
    end = answers.offset + len(answers)
    bits = np.frombuffer(answers.buffers()[1], np.uint8) if end else np.empty(0, np.uint8)
    return np.unpackbits(bits, count=end, bitorder="little")[answers.offset :].view(np.bool_)


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
