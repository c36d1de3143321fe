"""Columns of a batch whose values are of several types: read as one type, with what is of another told apart.

A batch keeps such a column as JSON texts (``core.events.typed``). One event that sends "N/A" where all others send
numbers must cost that one value, not the column.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.core.events.arrays import first_bytes, one_array
from streams.core.events.scalars import scattered
from streams.core.events.typed import typed_from_json
from streams.core.reports.column import Column, Family

Mask = npt.NDArray[np.bool_]

_FIRST: Final[Mapping[Family, bytes]] = MappingProxyType(
    {Family.NUMBER: b"-0123456789NI", Family.STRING: b'"', Family.TRUTH: b"tf"}
)
"""The bytes that a JSON text of each family begins with."""

_NESTED: Final = b"[{"
_MISSING: Final = b"\0n"


@dataclass(frozen=True)
class MixedColumn:
    """JSON texts, null where a row has no value; and what most are: NONE where these are lists or objects."""

    name: str
    texts: pa.ChunkedArray
    family: Family

    def read(self, family: Family) -> Column:
        """The values of one family, the others as the odd ones of the column."""
        texts = one_array(self.texts)
        first = first_bytes(texts)
        fits = _fits(first, _FIRST.get(family, b""))
        values = scattered(typed_from_json(texts.filter(pa.array(fits))).array, fits)
        odd = pa.compute.if_else(pa.array(fits | _fits(first, _MISSING)), None, texts)
        return Column(self.name, pa.chunked_array([values]), pa.chunked_array([odd]))

    def where(self, kept: pa.Array) -> "MixedColumn":
        """The rows where a boolean mask is true."""
        return replace(self, texts=self.texts.filter(kept))


def mixed_column(name: str, texts: pa.ChunkedArray) -> MixedColumn:
    """A column of JSON texts. Of numbers, texts and truths the most frequent decide; the first where as many are."""
    first = first_bytes(one_array(texts))
    counts = {family: int(_fits(first, begins).sum()) for family, begins in _FIRST.items()}
    likeliest = max(counts, key=lambda family: counts[family])
    is_single = 0 < counts[likeliest] >= _fits(first, _NESTED).sum()
    return MixedColumn(name, texts, likeliest if is_single else Family.NONE)


def _fits(first: npt.NDArray[np.uint8], begins: bytes) -> Mask:
    fits: Mask = np.isin(first, np.frombuffer(begins, np.uint8))
    return fits
