"""Columns that never vary."""

from typing import Any

from streams.core.reports.column import Column, Family
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, is_empty_type, of_tables


def constant_columns(scope: ReportScope, _: Parameters) -> Measured:
    """Columns with at most one different value; missing ones are none."""
    return of_tables(scope, _measure)


def _measure(side: TableSide) -> dict[str, Any]:
    return {"count": sum(_is_constant(column) for column in side.single)}


def _is_constant(column: Column) -> bool:
    if is_empty_type(column) or not column.usable:
        return True
    if column.family is Family.STRING:
        return column.distinct == 1
    return bool(column.ascending[0] == column.ascending[-1])


CONSTANT_COLUMNS = DatasetMetric(
    name="constant_columns",
    semantics="Columns with at most one different value, missing ones left out.",
    parameters=Parameters,
    compute=constant_columns,
    main="count",
)
