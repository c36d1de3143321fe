"""The mean absolute error in per cent."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_errors
from streams.core.reports.quality.errors import mean_and_std
from streams.core.reports.scope import ReportScope


def mape(scope: ReportScope, _: Parameters) -> Measured:
    """Mean in per cent and standard deviation as a share, as Evidently has them."""
    return of_errors(scope, lambda rows: mean_and_std(rows.relative, scale=100))


MAPE = DatasetMetric(
    name="mape",
    semantics=(
        "Mean, in per cent, and std (ddof 1, as a share) of the absolute error by the size of the true number; "
        "an error of 100 per cent where that is 0."
    ),
    parameters=Parameters,
    compute=mape,
    main="mean",
)
