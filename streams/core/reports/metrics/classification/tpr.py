"""True positive rate."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, is_binary, of_answers
from streams.core.reports.scope import ReportScope


def tpr(scope: ReportScope, _: Parameters) -> Measured:
    """NaN where there is no such row. Raises ValueError where there are more than two labels."""
    return of_answers(scope, lambda answers: {"value": answers.rate(of_positive=True, hit=True)})


TPR = DatasetMetric(
    name="tpr",
    semantics="Share of positive rows that were predicted positive. Two labels only.",
    parameters=Parameters,
    compute=tpr,
    applies=is_binary,
)
