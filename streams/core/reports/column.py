"""One column of a dataset, read once: what is costly (sorting, counting) is computed on first use and kept."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.counts import ValueCounts, count_sorted, count_strings
from streams.core.reports.whole_numbers import Floats, Numbers, numbers_of


class Family(StrEnum):
    """What the Arrow type of a column holds."""

    NUMBER = "number"
    TRUTH = "truth"
    STRING = "string"
    TIME = "time"
    NONE = "none"


class _Numbers(NamedTuple):
    finite: Numbers
    infinite: int
    missing: int


_MS_PER_TICK: Final = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "ns": 1e-6}


@dataclass(frozen=True)
class Column:
    """Values of one column. Immutable; derived values are computed on first use and kept.

    ``odd`` has the JSON text of what a row holds in place of a value of the column's type, and null in all other rows.
    Everything is computed from sorted values, so the order of rows never shows in a result.
    """

    name: str
    values: pa.ChunkedArray
    odd: pa.ChunkedArray | None = None

    @cached_property
    def family(self) -> Family:
        """What the Arrow type holds; dictionaries count as their values."""
        return family_of(self.values.type)

    @property
    def rows(self) -> int:
        """Rows, missing ones included."""
        return len(self.values)

    @cached_property
    def missing(self) -> int:
        """Rows that are null or NaN. Infinite numbers and unreadable values are not missing."""
        of_numbers = self.family in (Family.NUMBER, Family.TRUTH, Family.TIME)
        return (self._numbers.missing if of_numbers else int(self.values.null_count)) - self.unreadable

    @property
    def unreadable(self) -> int:
        """Rows with a value of another type than the column's."""
        return 0 if self.odd is None else len(self.odd) - self.odd.null_count

    def odd_values(self, most: int) -> list[str]:
        """The most frequent unreadable values as JSON texts, equally frequent ones in their order as texts."""
        if self.odd is None:
            return []
        counted = count_strings(self.odd)
        return list(counted.keys.take(np.argsort(-counted.counts, kind="stable")[:most]).to_pylist())

    @property
    def empty_texts(self) -> int:
        """Rows that hold an empty text, in place of a value of another type too."""
        own = pc.sum(pc.equal(self.strings, "")).as_py() if self.family is Family.STRING else 0
        odd = 0 if self.odd is None else pc.sum(pc.equal(self.odd, '""')).as_py()
        return int((own or 0) + (odd or 0))

    @property
    def infinite(self) -> int:
        """Rows that are plus or minus infinity."""
        return self._numbers.infinite if self.family is Family.NUMBER else 0

    @property
    def ascending(self) -> Numbers:
        """The finite numbers, ascending, exactly: doubles, or int64 and uint64 where a double would round one.

        Booleans are 0 and 1, instants ticks of their type's unit. Raises ValueError where the column holds no numbers.
        """
        return self._numbers.finite

    @cached_property
    def numbers(self) -> Floats:
        """The finite numbers, ascending, as doubles; instants as epoch milliseconds. Raises as ``ascending`` does."""
        floats = self.ascending.astype(np.float64)
        return floats * _MS_PER_TICK[_unit(self.values.type)] if self.family is Family.TIME else floats

    @property
    def usable(self) -> int:
        """Rows that a drift test looks at: neither missing, nor infinite, nor unreadable."""
        return self.rows - self.missing - self.infinite - self.unreadable

    @cached_property
    def strings(self) -> pa.ChunkedArray:
        """The values as strings without dictionary encoding. Raises ValueError where they are no strings."""
        if self.family is not Family.STRING and not pa.types.is_null(self.values.type):
            raise ValueError(f"column {self.name!r} is {self.values.type}, not text: choose another kind for it")
        return pc.cast(self.values, pa.string())

    @property
    def row_values(self) -> pa.Array:
        """The usable values in the order of rows, of the type that their counts have as keys."""
        if self.family is Family.STRING:
            return self.strings.drop_null().combine_chunks()
        numbers = _unsorted(self)
        return _keys(self, numbers[np.isfinite(numbers)])

    @cached_property
    def counts(self) -> ValueCounts:
        """Distinct usable values and how often each occurs."""
        if self.family is Family.STRING:
            return count_strings(self.strings)
        keys, counts = count_sorted(self.ascending)
        return ValueCounts(_keys(self, keys), counts)

    def where(self, kept: pa.Array) -> "Column":
        """The rows where a boolean mask is true."""
        return Column(self.name, self.values.filter(kept), None if self.odd is None else self.odd.filter(kept))

    @cached_property
    def distinct(self) -> int:
        """How many different usable values there are."""
        if self.family is Family.STRING:
            return len(self.counts.keys)
        numbers = self.ascending
        return min(len(numbers), 1) + int(np.count_nonzero(numbers[1:] != numbers[:-1]))

    @property
    def is_integer(self) -> bool:
        """Whether the type holds whole numbers only."""
        return bool(pa.types.is_integer(_plain_type(self.values.type)))

    @property
    def is_wide(self) -> bool:
        """Whether the type is that of floats of 64 bits."""
        return bool(pa.types.is_float64(_plain_type(self.values.type)))

    @property
    def is_narrow(self) -> bool:
        """Whether the type is that of floats of 32 bits."""
        return bool(pa.types.is_float32(_plain_type(self.values.type)))

    def narrowed(self) -> "Column":
        """The same numbers as floats of 32 bits; as they are where these do not reach so far."""
        narrow = Column(self.name, pc.cast(self.values, pa.float32()), self.odd)
        return narrow if narrow.infinite == self.infinite else self

    @property
    def is_dictionary(self) -> bool:
        """Whether the type is dictionary-encoded, as pandas' categories are."""
        return bool(pa.types.is_dictionary(self.values.type))

    @cached_property
    def _numbers(self) -> _Numbers:
        # Sorting puts -inf first and inf, then NaN, last: what is finite is one slice.
        ascending = np.sort(_unsorted(self))
        missing = self.rows - len(ascending)
        if ascending.dtype != np.float64:
            return _Numbers(ascending, 0, missing)
        start = int(np.searchsorted(ascending, -np.inf, "right"))
        end = int(np.searchsorted(ascending, np.inf, "left"))
        values = int(np.searchsorted(ascending, np.nan, "left"))
        return _Numbers(ascending[start:end], start + values - end, missing + len(ascending) - values)


def family_of(arrow_type: pa.DataType) -> Family:
    """The family of an Arrow type."""
    is_a, arrow_type = pa.types, _plain_type(arrow_type)
    if is_a.is_integer(arrow_type) or is_a.is_floating(arrow_type) or is_a.is_decimal(arrow_type):
        return Family.NUMBER
    if is_a.is_boolean(arrow_type):
        return Family.TRUTH
    if is_a.is_string(arrow_type) or is_a.is_large_string(arrow_type) or is_a.is_string_view(arrow_type):
        return Family.STRING
    if is_a.is_timestamp(arrow_type) or is_a.is_date(arrow_type):
        return Family.TIME
    return Family.NONE


def _plain_type(arrow_type: pa.DataType) -> pa.DataType:
    return arrow_type.value_type if pa.types.is_dictionary(arrow_type) else arrow_type


def _unit(arrow_type: pa.DataType) -> str:
    """The unit of an instant's ticks; days count as milliseconds."""
    plain = _plain_type(arrow_type)
    return str(plain.unit) if pa.types.is_timestamp(plain) else "ms"


def _unsorted(column: Column) -> Numbers:
    """The numbers in the order of rows, nulls left out."""
    values = column.values
    if column.family in (Family.STRING, Family.NONE) and not pa.types.is_null(values.type):
        raise ValueError(f"column {column.name!r} is {values.type}, not numbers: choose another kind for it")
    present = values.drop_null()
    if column.is_dictionary:
        present = pc.cast(present, values.type.value_type)
    if column.family is not Family.TIME:
        return numbers_of(present)
    ticks: Numbers = pc.cast(pc.cast(present, pa.timestamp(_unit(values.type)), safe=False), pa.int64()).to_numpy()
    return ticks


def _keys(column: Column, numbers: Numbers) -> pa.Array:
    keys = pa.array(numbers)
    return pc.cast(keys, pa.timestamp(_unit(column.values.type))) if column.family is Family.TIME else keys
