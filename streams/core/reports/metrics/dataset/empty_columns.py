"""Columns without any value."""

from typing import Any

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, of_tables


def empty_columns(scope: ReportScope, _: Parameters) -> Measured:
    """Columns that are null or NaN in every row."""
    return of_tables(scope, _measure)


def _measure(side: TableSide) -> dict[str, Any]:
    return {"count": sum(column.missing == side.rows for column, _ in side.columns)}


EMPTY_COLUMNS = DatasetMetric(
    name="empty_columns",
    semantics="Columns that are null or NaN in every row.",
    parameters=Parameters,
    compute=empty_columns,
    main="count",
)
