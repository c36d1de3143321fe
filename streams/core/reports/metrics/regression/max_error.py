"""The largest error."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_errors
from streams.core.reports.scope import ReportScope


def max_error(scope: ReportScope, _: Parameters) -> Measured:
    """In the unit of the target."""
    return of_errors(scope, lambda rows: {"value": float(rows.absolute.max())})


MAX_ERROR = DatasetMetric(
    name="max_error",
    semantics="Largest absolute error.",
    parameters=Parameters,
    compute=max_error,
)
