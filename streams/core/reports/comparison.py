"""Columns of a batch beside those of the reference, and what both have in common, computed once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from streams.core.reports.column import Column, Family
from streams.core.reports.counts import JointCounts, join_counts
from streams.core.reports.kinds import Kind
from streams.core.reports.whole_numbers import Floats, aligned, less


@dataclass(frozen=True)
class ColumnPair:
    """One column of the reference and of the batch, looked at as the same kind."""

    kind: Kind
    reference: Column
    current: Column

    @cached_property
    def numbers(self) -> tuple[Floats, Floats]:
        """The numbers of reference and batch, ascending.

        Where doubles would round whole numbers they are less their median: no drift test asks where zero is. Raises
        ValueError where a side holds no numbers.
        """
        if self._origin is None:
            return self.reference.numbers, self.current.numbers
        theirs, ours = aligned(self.reference.ascending, self.current.ascending)
        return less(theirs, self._origin), less(ours, self._origin)

    @property
    def row_numbers(self) -> tuple[Floats, Floats]:
        """The same numbers in the order of rows; whole ones that doubles would round ascending too."""
        if self._origin is not None:
            return self.numbers
        return self.reference.row_values.to_numpy(), self.current.row_values.to_numpy()

    @property
    def distinct_numbers(self) -> Floats:
        """The different ones of ``numbers``, ascending."""
        keys = self.joint.keys.to_numpy()
        return keys.astype(np.float64) if self._origin is None else less(keys, self._origin)

    @cached_property
    def _origin(self) -> Any:
        """The median of both sides as a whole number; None where doubles hold all numbers."""
        if Family.TIME in (self.reference.family, self.current.family):
            return None
        theirs, ours = aligned(self.reference.ascending, self.current.ascending)
        if theirs.dtype == np.float64:
            return None
        pooled = np.concatenate((theirs, ours))
        return np.partition(pooled, len(pooled) // 2)[len(pooled) // 2]

    @cached_property
    def joint(self) -> JointCounts:
        """Counts of both sides over the union of their values."""
        return join_counts(self.reference.counts, self.current.counts)

    @property
    def is_constant(self) -> bool:
        """Whether both sides have one value, the same."""
        return self.has_at_most(1)

    def has_at_most(self, limit: int) -> bool:
        """Whether both sides together have at most ``limit`` distinct values."""
        if max(self.reference.distinct, self.current.distinct) > limit:
            return False
        return len(self.joint.keys) <= limit


@dataclass(frozen=True)
class ReportColumn:
    """A column that a report looks at. ``reference`` is None where there is nothing to compare with."""

    name: str
    kind: Kind
    current: Column
    reference: Column | None = None

    @cached_property
    def pair(self) -> ColumnPair:
        """Both sides. Raises ValueError where there is no reference or a side has no usable value."""
        if self.reference is None:
            raise ValueError(f"column {self.name!r} is not in the reference: add it there or exclude it here")
        for side, column in (("reference", self.reference), ("batch", self.current)):
            if column.usable == 0:
                odd = f" but {column.unreadable} of another type" if column.unreadable else ""
                raise ValueError(f"column {self.name!r} has no value in the {side}{odd}: nothing to compare")
        return ColumnPair(self.kind, *of_one_width(self.reference, self.current))


def of_one_width(one: Column, other: Column) -> tuple[Column, Column]:
    """Both as floats of 32 bits where one is and the other has 64: 0.1 is the same number in both."""
    if one.is_narrow and other.is_wide:
        return one, other.narrowed()
    return (one.narrowed(), other) if one.is_wide and other.is_narrow else (one, other)
