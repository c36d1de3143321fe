"""Right answers."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_answers
from streams.core.reports.scope import ReportScope


def accuracy(scope: ReportScope, _: Parameters) -> Measured:
    """Share of right answers."""
    return of_answers(scope, lambda answers: {"value": int(answers.hits.sum()) / answers.rows})


ACCURACY = DatasetMetric(
    name="accuracy",
    semantics="Share of rows whose predicted label is the true one.",
    parameters=Parameters,
    compute=accuracy,
)
