"""Precision and recall in one number."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_answers
from streams.core.reports.quality.answers import shares
from streams.core.reports.scope import ReportScope


def f1(scope: ReportScope, _: Parameters) -> Measured:
    """Of the positive label, or the mean over labels."""
    return of_answers(
        scope,
        lambda answers: {
            "value": answers.of_positive(shares(2 * answers.hits, answers.true_counts + answers.predicted_counts))
        },
    )


F1 = DatasetMetric(
    name="f1",
    semantics="Harmonic mean of precision and recall; of several labels the mean.",
    parameters=Parameters,
    compute=f1,
)
