"""How well probabilities order rows."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, has_probabilities, of_answers
from streams.core.reports.quality.ranking import roc_auc_by_label
from streams.core.reports.scope import ReportScope


def roc_auc(scope: ReportScope, _: Parameters) -> Measured:
    """Mean over labels; NaN where a label has all rows or none."""
    return of_answers(scope, lambda answers: {"value": float(roc_auc_by_label(answers).mean())})


ROC_AUC = DatasetMetric(
    name="roc_auc",
    semantics="Chance that a row of a label has a larger probability of it than another row; mean over labels.",
    parameters=Parameters,
    compute=roc_auc,
    applies=has_probabilities,
)
