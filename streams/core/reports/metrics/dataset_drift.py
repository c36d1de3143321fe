"""Whether the dataset as a whole has drifted: the share of its drifted columns."""

from typing import Any

from streams.core.reports.attempt import Failure
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.results import told
from streams.core.reports.scope import DRIFT_KINDS, ReportScope


def dataset_drift(scope: ReportScope, _: Parameters) -> Measured:
    """Counts, share and decision over the columns whose drift could be decided; the others with the reason.

    ``not_compared`` are those of ``left_out`` that drift tests know and that have values in the reference.
    Raises ValueError where there is no such column.
    """
    decided = {name: it for name, it in scope.decisions.items() if not isinstance(it, Failure)}
    if not decided:
        raise ValueError(f"no column could be compared with the reference: {told(_left_out(scope)) or 'there is none'}")
    drifted = [name for name, decision in decided.items() if decision.drifted]
    share = len(drifted) / len(decided)
    return Measured(
        {
            "columns": len(decided),
            "drifted_columns": drifted,
            "count": len(drifted),
            "share": share,
            "threshold": scope.drift.share,
            "drifted": share >= scope.drift.share,
            "left_out": _left_out(scope),
            "not_compared": scope.not_compared,
        }
    )


def _left_out(scope: ReportScope) -> dict[str, Any]:
    reasons = {column.name: _reason(scope, column) for column in scope.columns}
    absent = dict.fromkeys(scope.absent, "not in the batch")
    return {name: reason for name, reason in reasons.items() if reason} | absent


def _reason(scope: ReportScope, column: ReportColumn) -> str | None:
    decision = scope.decisions.get(column.name)
    if isinstance(decision, Failure):
        return decision.reason
    if decision is not None:
        return None
    if column.kind not in DRIFT_KINDS:
        return f"{column.kind} columns are not compared"
    return "not in the reference"


DATASET_DRIFT = DatasetMetric(
    name="dataset_drift",
    semantics="Share of compared columns that have drifted; the dataset has from the configured share on.",
    parameters=Parameters,
    compute=dataset_drift,
    main="share",
    needs_reference=True,
)
