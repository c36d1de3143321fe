"""The root mean squared error."""

import numpy as np

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_errors
from streams.core.reports.scope import ReportScope


def rmse(scope: ReportScope, _: Parameters) -> Measured:
    """In the unit of the target."""
    return of_errors(scope, lambda rows: {"value": float(np.sqrt(np.mean(rows.errors**2)))})


RMSE = DatasetMetric(
    name="rmse",
    semantics="Root of the mean squared error.",
    parameters=Parameters,
    compute=rmse,
)
