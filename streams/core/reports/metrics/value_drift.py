"""Whether a column's values have drifted from the reference."""

from typing import Any

from streams.core.reports.attempt import Failure
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.drift.decision import DriftDecision, decide_drift
from streams.core.reports.drift.options import DriftOptions, TestName, Threshold
from streams.core.reports.metrics.declaration import ColumnMetric, Measured, Parameters
from streams.core.reports.scope import DRIFT_KINDS, ReportScope


class ValueDriftParameters(Parameters):
    """``method`` and ``threshold`` for this metric alone; without them the report's drift options decide."""

    method: TestName | None = None
    threshold: Threshold | None = None


def value_drift(scope: ReportScope, column: ReportColumn, parameters: ValueDriftParameters) -> Measured:
    """Method, score, threshold, decision. Raises ValueError where the column cannot be compared."""
    if column.name not in scope.decisions or parameters != ValueDriftParameters():
        return Measured(_described(decide_drift(column, _options(scope, column, parameters))))
    match scope.decisions[column.name]:
        case Failure(reason):
            raise ValueError(reason)
        case decision:
            return Measured(_described(decision))


def _options(scope: ReportScope, column: ReportColumn, parameters: ValueDriftParameters) -> DriftOptions:
    methods = dict(scope.drift.column_methods)
    thresholds = dict(scope.drift.column_thresholds)
    if parameters.method is not None:
        methods[column.name] = parameters.method
    if parameters.threshold is not None:
        thresholds[column.name] = parameters.threshold
    return scope.drift.model_copy(update={"column_methods": methods, "column_thresholds": thresholds})


def drift_of(scope: ReportScope, name: str) -> Measured:
    """Drift of one column by the report's options. Raises ValueError where it is missing or cannot be compared."""
    column = scope.by_name.get(name)
    if column is None:
        raise ValueError(f"there is no column {name!r}: name another in the report's model")
    return value_drift(scope, column, ValueDriftParameters())


def _described(decision: DriftDecision) -> dict[str, Any]:
    return {
        "method": decision.test.name,
        "score": decision.score,
        "threshold": decision.threshold,
        "drifted": decision.drifted,
        "drifted_when": decision.test.drifted_when.value,
    }


VALUE_DRIFT = ColumnMetric(
    name="value_drift",
    semantics="Score of a drift test against the reference, and whether it passes the threshold.",
    parameters=ValueDriftParameters,
    kinds=DRIFT_KINDS,
    compute=value_drift,
    main="score",
    needs_reference=True,
)
