"""Rows without a value, column by column."""

from typing import Any

from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.metrics.declaration import ALL_KINDS, ColumnMetric, Measured, Parameters, both_sides
from streams.core.reports.scope import ReportScope


def missing_values(_: ReportScope, column: ReportColumn, __: Parameters) -> Measured:
    """Count and share of null and NaN; infinite numbers are counted beside."""
    return both_sides(column, _measure)


def _measure(column: Column) -> dict[str, Any]:
    share = column.missing / column.rows if column.rows else 0.0
    return {"count": column.missing, "share": share, "infinite": column.infinite}


MISSING_VALUES = ColumnMetric(
    name="missing_values",
    semantics="Count and share of rows that are null or NaN, and count of infinite numbers.",
    parameters=Parameters,
    kinds=ALL_KINDS,
    compute=missing_values,
    main="share",
)
