"""How many positives are found."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_answers
from streams.core.reports.quality.answers import shares
from streams.core.reports.scope import ReportScope


def recall(scope: ReportScope, _: Parameters) -> Measured:
    """Of the positive label, or the mean over labels."""
    return of_answers(scope, lambda answers: {"value": answers.of_positive(shares(answers.hits, answers.true_counts))})


RECALL = DatasetMetric(
    name="recall",
    semantics="Share of positive rows that were predicted so; of several labels the mean. 0 where there is none.",
    parameters=Parameters,
    compute=recall,
)
