"""Precision, recall, F1 and ROC AUC of each label."""

from typing import Any

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_answers
from streams.core.reports.quality.answers import Answers, shares
from streams.core.reports.quality.ranking import roc_auc_by_label
from streams.core.reports.scope import ReportScope


def quality_by_label(scope: ReportScope, _: Parameters) -> Measured:
    """Values by label, each label against all others; ``roc_auc`` only where there are probabilities."""
    return of_answers(scope, _measure)


def _measure(answers: Answers) -> dict[str, Any]:
    columns: dict[str, list[float]] = {
        "precision": shares(answers.hits, answers.predicted_counts).tolist(),
        "recall": shares(answers.hits, answers.true_counts).tolist(),
        "f1": shares(2 * answers.hits, answers.true_counts + answers.predicted_counts).tolist(),
        "rows": answers.true_counts.tolist(),
    }
    if answers.probabilities is not None:
        columns["roc_auc"] = roc_auc_by_label(answers).tolist()
    values = zip(*columns.values(), strict=True)
    return {label: dict(zip(columns, row, strict=True)) for label, row in zip(answers.labels, values, strict=True)}


QUALITY_BY_LABEL = DatasetMetric(
    name="quality_by_label",
    semantics="Precision, recall, f1, rows and, where there are probabilities, roc_auc of each label against others.",
    parameters=Parameters,
    compute=quality_by_label,
    main=None,
)
