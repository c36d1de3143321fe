"""One column of a dataset, read once: what is costly (sorting, counting) is computed on first use and kept."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.counts import ValueCounts, count_sorted, count_strings

Floats = npt.NDArray[np.float64]


class Family(StrEnum):
    """What the Arrow type of a column holds."""

    NUMBER = "number"
    TRUTH = "truth"
    STRING = "string"
    TIME = "time"
    NONE = "none"


class _Numbers(NamedTuple):
    finite: Floats
    infinite: int
    missing: int


@dataclass(frozen=True)
class Column:
    """Values of one column. Immutable; derived values are computed on first use and kept.

    Numbers are IEEE doubles: integers beyond 2**53 are rounded. Everything is computed from sorted values, so
    the order of rows never shows in a result.
    """

    name: str
    values: pa.ChunkedArray

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
        """Rows that are null or NaN. Infinite numbers are not missing."""
        if self.family in (Family.NUMBER, Family.TRUTH, Family.TIME):
            return self._numbers.missing
        return int(self.values.null_count)

    @property
    def present(self) -> int:
        """Rows with a value."""
        return self.rows - self.missing

    @property
    def infinite(self) -> int:
        """Rows that are plus or minus infinity."""
        return self._numbers.infinite if self.family is Family.NUMBER else 0

    @property
    def numbers(self) -> Floats:
        """The finite numbers, ascending; booleans as 0 and 1, instants as epoch milliseconds.

        Raises ValueError where the column holds no numbers.
        """
        return self._numbers.finite

    @property
    def usable(self) -> int:
        """Rows that a drift test looks at: neither missing nor infinite."""
        return self.present - self.infinite

    @cached_property
    def strings(self) -> pa.ChunkedArray:
        """The values as strings without dictionary encoding. Raises ValueError where they are no strings."""
        if self.family is not Family.STRING and not pa.types.is_null(self.values.type):
            raise ValueError(f"column {self.name!r} is {self.values.type}, not text: choose another kind for it")
        return pc.cast(self.values, pa.string())

    @property
    def row_values(self) -> pa.Array:
        """The usable values in the order of rows, as strings or doubles."""
        if self.family is Family.STRING:
            return self.strings.drop_null().combine_chunks()
        floats = _as_floats(self)
        return pa.array(floats[np.isfinite(floats)])

    @cached_property
    def counts(self) -> ValueCounts:
        """Distinct usable values and how often each occurs."""
        return count_strings(self.strings) if self.family is Family.STRING else count_sorted(self.numbers)

    @cached_property
    def distinct(self) -> int:
        """How many different usable values there are."""
        if self.family is Family.STRING:
            return len(self.counts.keys)
        numbers = self.numbers
        return min(len(numbers), 1) + int(np.count_nonzero(numbers[1:] != numbers[:-1]))

    @property
    def is_integer(self) -> bool:
        """Whether the type holds whole numbers only."""
        return bool(pa.types.is_integer(_plain_type(self.values.type)))

    @property
    def is_dictionary(self) -> bool:
        """Whether the type is dictionary-encoded, as pandas' categories are."""
        return bool(pa.types.is_dictionary(self.values.type))

    @cached_property
    def _numbers(self) -> _Numbers:
        # Sorting puts -inf first and inf, then NaN, last: what is finite is one slice.
        ascending = np.sort(_as_floats(self))
        start = int(np.searchsorted(ascending, -np.inf, "right"))
        end = int(np.searchsorted(ascending, np.inf, "left"))
        values = int(np.searchsorted(ascending, np.nan, "left"))
        return _Numbers(ascending[start:end], start + values - end, len(ascending) - values)


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


def _as_floats(column: Column) -> Floats:
    values = column.values
    if column.family is Family.TIME:
        values = pc.cast(pc.cast(values, pa.timestamp("ms"), safe=False), pa.int64())
    elif column.family in (Family.STRING, Family.NONE) and not pa.types.is_null(values.type):
        raise ValueError(f"column {column.name!r} is {values.type}, not numbers: choose another kind for it")
    floats: Floats = pc.cast(values, pa.float64(), safe=False).to_numpy()
    return floats
