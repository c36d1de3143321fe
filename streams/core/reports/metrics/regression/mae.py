"""The mean absolute error."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_errors
from streams.core.reports.quality.errors import mean_and_std
from streams.core.reports.scope import ReportScope


def mae(scope: ReportScope, _: Parameters) -> Measured:
    """Mean and standard deviation of absolute errors."""
    return of_errors(scope, lambda rows: mean_and_std(rows.absolute))


MAE = DatasetMetric(
    name="mae",
    semantics="Mean and std (ddof 1) of the absolute error.",
    parameters=Parameters,
    compute=mae,
    main="mean",
)
