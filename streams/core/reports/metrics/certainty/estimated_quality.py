"""How good a model is likely to be where nobody knows the truth yet."""

from typing import Any

from streams.core.reports.attempt import known
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.quality.answers import Answers, shares
from streams.core.reports.quality.estimation import expectation_of, expected_quality
from streams.core.reports.quality.ranking import roc_auc_by_label
from streams.core.reports.scope import ReportScope


def estimated_quality(scope: ReportScope, _: Parameters) -> Measured:
    """Expected accuracy, precision, recall, f1 and roc_auc, and whether probabilities were calibrated.

    The reference's values are those measured there, where it has the truth. Confidence-based performance estimation as
    in NannyML: the expected confusion of calibrated probabilities. Raises ValueError where there are no probabilities.
    """
    predictions, answers = known(scope.quality.predictions[0]), scope.quality.answers[1]
    true = answers if isinstance(answers, Answers) and answers.probabilities is not None else None
    expectation = expectation_of(predictions, scope.quality.task, true)
    current = {"rows": len(expectation.predicted), "calibrated": true is not None, **expected_quality(expectation)}
    return Measured(current, None if true is None else _measured(true))


def _measured(answers: Answers) -> dict[str, Any]:
    return {
        "rows": answers.rows,
        "accuracy": int(answers.hits.sum()) / answers.rows,
        "precision": answers.of_positive(shares(answers.hits, answers.predicted_counts)),
        "recall": answers.of_positive(shares(answers.hits, answers.true_counts)),
        "f1": answers.of_positive(shares(2 * answers.hits, answers.true_counts + answers.predicted_counts)),
        "roc_auc": float(roc_auc_by_label(answers).mean()),
    }


ESTIMATED_QUALITY = DatasetMetric(
    name="estimated_quality",
    semantics=(
        "Accuracy, precision, recall, f1 and roc_auc (of two labels) to be expected without labels, by the "
        "probabilities, calibrated on the reference where it has the truth; beside them what was measured there."
    ),
    parameters=Parameters,
    compute=estimated_quality,
    main="accuracy",
)
