"""Rows without a value, column by column."""

from typing import Any, Final

from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.metrics.declaration import ALL_KINDS, ColumnMetric, Measured, Parameters, both_sides
from streams.core.reports.scope import ReportScope


def missing_values(_: ReportScope, column: ReportColumn, __: Parameters) -> Measured:
    """Count and share of null and NaN; infinite numbers and unreadable values are counted beside."""
    return both_sides(column, _measure)


def _measure(column: Column) -> dict[str, Any]:
    share = column.missing / column.rows if column.rows else 0.0
    found = {"count": column.missing, "share": share, "infinite": column.infinite, "unreadable": column.unreadable}
    return found | ({"such_as": column.odd_values(_EXAMPLES)} if column.unreadable else {})


_EXAMPLES: Final = 3


MISSING_VALUES = ColumnMetric(
    name="missing_values",
    semantics=(
        "Count and share of rows that are null or NaN, count of infinite numbers, and of unreadable values: those of "
        "another type than the column's, such_as."
    ),
    parameters=Parameters,
    kinds=ALL_KINDS,
    compute=missing_values,
    main="share",
)
