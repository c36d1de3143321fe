"""How many values are missing in all."""

from typing import Any

from streams.core.reports.metrics.declaration import DatasetMetric, Measured
from streams.core.reports.metrics.missing_values import MissingParameters, missing_count
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, of_tables


def dataset_missing_values(scope: ReportScope, parameters: MissingParameters) -> Measured:
    """Missing values of all columns, by rows as Evidently has it, and by fields."""
    return of_tables(scope, lambda side: _measure(side, parameters))


def _measure(side: TableSide, parameters: MissingParameters) -> dict[str, Any]:
    count = sum(missing_count(column, parameters) for column, _ in side.columns)
    fields = side.rows * len(side.columns)
    return {
        "count": count,
        "share": count / side.rows if side.rows else 0.0,
        "share_of_fields": count / fields if fields else 0.0,
    }


DATASET_MISSING_VALUES = DatasetMetric(
    name="dataset_missing_values",
    semantics="Number of null and NaN values of all columns; share by rows (which may pass 1) and share_of_fields.",
    parameters=MissingParameters,
    compute=dataset_missing_values,
    main="count",
)
