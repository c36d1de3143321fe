"""Rows without a value, column by column."""

from typing import Any, Final

from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.metrics.declaration import ALL_KINDS, ColumnMetric, Measured, Parameters, both_sides
from streams.core.reports.scope import ReportScope


class MissingParameters(Parameters):
    """``empty_and_infinite``: whether empty texts and infinite numbers are missing too, as Evidently's tests of before
    0.7 have it.
    """

    empty_and_infinite: bool = False


def missing_values(_: ReportScope, column: ReportColumn, parameters: MissingParameters) -> Measured:
    """Count and share of null and NaN; infinite numbers and unreadable values are counted beside."""
    return both_sides(column, lambda side: _measure(side, parameters))


def missing_count(column: Column, parameters: MissingParameters) -> int:
    """How many values are missing."""
    return column.missing + (column.empty_texts + column.infinite if parameters.empty_and_infinite else 0)


def _measure(column: Column, parameters: MissingParameters) -> dict[str, Any]:
    count = missing_count(column, parameters)
    share = count / column.rows if column.rows else 0.0
    found = {"count": count, "share": share, "infinite": column.infinite, "unreadable": column.unreadable}
    return found | ({"such_as": column.odd_values(_EXAMPLES)} if column.unreadable else {})


_EXAMPLES: Final = 3


MISSING_VALUES = ColumnMetric(
    name="missing_values",
    semantics=(
        "Count and share of rows that are null or NaN, count of infinite numbers, and of unreadable values: those of "
        "another type than the column's, such_as."
    ),
    parameters=MissingParameters,
    kinds=ALL_KINDS,
    compute=missing_values,
    main="share",
)
