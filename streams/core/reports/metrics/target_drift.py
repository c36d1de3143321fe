"""Whether the truth has drifted from the reference."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.metrics.value_drift import drift_of
from streams.core.reports.scope import ReportScope


def target_drift(scope: ReportScope, _: Parameters) -> Measured:
    """As ``value_drift`` for the column of the target. Raises ValueError where it is missing or cannot be compared."""
    return drift_of(scope, scope.model.target)


TARGET_DRIFT = DatasetMetric(
    name="target_drift",
    semantics="Drift of the target's column, however many columns the report looks at.",
    parameters=Parameters,
    compute=target_drift,
    main="score",
    needs_reference=True,
)
