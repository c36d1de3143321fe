"""How far a positive answer can be trusted."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, of_answers
from streams.core.reports.quality.answers import shares
from streams.core.reports.scope import ReportScope


def precision(scope: ReportScope, _: Parameters) -> Measured:
    """Of the positive label, or the mean over labels."""
    return of_answers(
        scope, lambda answers: {"value": answers.of_positive(shares(answers.hits, answers.predicted_counts))}
    )


PRECISION = DatasetMetric(
    name="precision",
    semantics="Share of rows predicted positive that are; of several labels the mean. 0 where none was predicted.",
    parameters=Parameters,
    compute=precision,
)
