"""False positive rate."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, is_binary, of_answers
from streams.core.reports.scope import ReportScope


def fpr(scope: ReportScope, _: Parameters) -> Measured:
    """NaN where there is no such row. Raises ValueError where there are more than two labels."""
    return of_answers(scope, lambda answers: {"value": answers.rate(of_positive=False, hit=False)})


FPR = DatasetMetric(
    name="fpr",
    semantics="Share of negative rows that were predicted positive. Two labels only.",
    parameters=Parameters,
    compute=fpr,
    applies=is_binary,
)
