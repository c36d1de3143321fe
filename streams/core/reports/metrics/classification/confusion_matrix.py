"""Which labels are taken for which."""

from typing import Any, Final

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_answers
from streams.core.reports.quality.answers import Answers
from streams.core.reports.scope import ReportScope

MOST_LABELS: Final = 100


def confusion_matrix(scope: ReportScope, _: Parameters) -> Measured:
    """``labels``, and ``counts`` of rows: a list for each true label, in it a number for each predicted one;
    ``left_out``, where there are any, counts rows without the truth or without an answer.

    Raises ValueError where there are more labels than anybody could look at.
    """
    return of_answers(scope, _measure)


def _measure(answers: Answers) -> dict[str, Any]:
    if len(answers.labels) > MOST_LABELS:
        raise ValueError(f"{len(answers.labels)} labels are more than the {MOST_LABELS} of a matrix to look at")
    found = {"labels": list(answers.labels), "counts": answers.confusion.tolist()}
    return found | ({"left_out": answers.left_out} if answers.left_out else {})


CONFUSION_MATRIX = DatasetMetric(
    name="confusion_matrix",
    semantics="Rows by true label (lists) and predicted label (numbers in a list); left_out without either.",
    parameters=Parameters,
    compute=confusion_matrix,
    main=None,
)
