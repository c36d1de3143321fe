"""How much of the target's variance predictions explain."""

from typing import Any

import numpy as np

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_errors
from streams.core.reports.quality.errors import Errors
from streams.core.reports.scope import ReportScope


def r2(scope: ReportScope, _: Parameters) -> Measured:
    """Coefficient of determination. NaN where the true numbers are all the same."""
    return of_errors(scope, _measure)


def _measure(rows: Errors) -> dict[str, Any]:
    left = float(np.sum(rows.errors**2))
    spread = float(np.sum((rows.target - rows.target.mean()) ** 2))
    return {"value": 1 - left / spread if spread else float("nan")}


R2 = DatasetMetric(
    name="r2",
    semantics="Share of the target's variance that predictions explain: 1 is perfect, below 0 worse than its mean.",
    parameters=Parameters,
    compute=r2,
)
