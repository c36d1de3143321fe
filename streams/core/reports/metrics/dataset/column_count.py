"""How many columns, and of what kind."""

from collections import Counter
from typing import Any

from streams.core.reports.kinds import Kind
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, of_tables


def column_count(scope: ReportScope, _: Parameters) -> Measured:
    """Columns that the report looks at, all and by kind."""
    return of_tables(scope, _measure)


def _measure(side: TableSide) -> dict[str, Any]:
    kinds = Counter(kind for _, kind in side.columns)
    return {"count": len(side.columns)} | {kind.value: kinds[kind] for kind in Kind}


COLUMN_COUNT = DatasetMetric(
    name="column_count",
    semantics="Number of columns, and of each kind.",
    parameters=Parameters,
    compute=column_count,
    main="count",
)
