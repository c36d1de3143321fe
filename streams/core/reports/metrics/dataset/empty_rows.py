"""Rows without any value."""

from functools import reduce
from typing import Any

import pyarrow.compute as pc

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, has_no_value, of_tables


def empty_rows(scope: ReportScope, _: Parameters) -> Measured:
    """Rows in which every column is null or NaN."""
    return of_tables(scope, _measure)


def _measure(side: TableSide) -> dict[str, Any]:
    if not side.columns:
        return {"count": 0}
    without = reduce(pc.and_, (has_no_value(column) for column, _ in side.columns))
    return {"count": pc.sum(without).as_py() or 0}


EMPTY_ROWS = DatasetMetric(
    name="empty_rows",
    semantics="Rows in which every column is null or NaN.",
    parameters=Parameters,
    compute=empty_rows,
    main="count",
)
