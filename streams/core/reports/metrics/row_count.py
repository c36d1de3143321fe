"""How many rows."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope


def row_count(scope: ReportScope, _: Parameters) -> Measured:
    """Rows of both sides."""
    reference = None if scope.reference is None else {"rows": scope.reference.rows}
    return Measured({"rows": scope.current.rows}, reference)


ROW_COUNT = DatasetMetric(
    name="row_count",
    semantics="Number of rows.",
    parameters=Parameters,
    compute=row_count,
    main="rows",
)
