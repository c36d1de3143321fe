"""Columns that hardly vary."""

from typing import Annotated

from pydantic import Field

from streams.core.reports.column import Column
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, is_empty_type, of_tables


class AlmostConstantParameters(Parameters):
    """``share``: of all rows, from which one value makes a column almost constant."""

    share: Annotated[float, Field(ge=0.5, le=1)] = 0.95


def almost_constant_columns(scope: ReportScope, parameters: AlmostConstantParameters) -> Measured:
    """Columns one value of which fills at least that share of the rows; missing values are none."""
    return of_tables(
        scope, lambda side: {"count": sum(_most(one) >= parameters.share * side.rows for one in _usable(side))}
    )


def _usable(side: TableSide) -> list[Column]:
    return [column for column in side.single if not is_empty_type(column) and column.usable]


def _most(column: Column) -> int:
    """How often the most common value occurs."""
    return int(column.counts.counts.max())


ALMOST_CONSTANT_COLUMNS = DatasetMetric(
    name="almost_constant_columns",
    semantics="Columns one value of which fills at least this share of the rows, constant ones included.",
    parameters=AlmostConstantParameters,
    compute=almost_constant_columns,
    main="count",
)
