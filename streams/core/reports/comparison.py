"""Columns of a batch beside those of the reference, and what both have in common, computed once."""

from dataclasses import dataclass
from functools import cached_property

from streams.core.reports.column import Column
from streams.core.reports.counts import JointCounts, join_counts
from streams.core.reports.kinds import Kind


@dataclass(frozen=True)
class ColumnPair:
    """One column of the reference and of the batch, looked at as the same kind."""

    kind: Kind
    reference: Column
    current: Column

    @cached_property
    def joint(self) -> JointCounts:
        """Counts of both sides over the union of their values."""
        return join_counts(self.reference.counts, self.current.counts)

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
                raise ValueError(f"column {self.name!r} has no value in the {side}: nothing to compare")
        return ColumnPair(self.kind, self.reference, self.current)
