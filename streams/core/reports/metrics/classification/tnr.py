"""True negative rate."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, is_binary, of_answers
from streams.core.reports.scope import ReportScope


def tnr(scope: ReportScope, _: Parameters) -> Measured:
    """NaN where there is no such row. Raises ValueError where there are more than two labels."""
    return of_answers(scope, lambda answers: {"value": answers.rate(of_positive=False, hit=True)})


TNR = DatasetMetric(
    name="tnr",
    semantics="Share of negative rows that were predicted negative. Two labels only.",
    parameters=Parameters,
    compute=tnr,
    applies=is_binary,
)
