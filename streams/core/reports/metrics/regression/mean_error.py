"""Whether predictions are too high or too low."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_errors
from streams.core.reports.quality.errors import mean_and_std
from streams.core.reports.scope import ReportScope


def mean_error(scope: ReportScope, _: Parameters) -> Measured:
    """Mean and standard deviation of predicted less true numbers."""
    return of_errors(scope, lambda rows: mean_and_std(rows.errors))


MEAN_ERROR = DatasetMetric(
    name="mean_error",
    semantics="Mean and std (ddof 1) of predicted less true number: above 0 predictions are too high.",
    parameters=Parameters,
    compute=mean_error,
    main="mean",
)
