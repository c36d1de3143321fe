"""What probabilities are worth."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters, has_probabilities, of_answers
from streams.core.reports.quality.ranking import log_loss as mean
from streams.core.reports.scope import ReportScope


def log_loss(scope: ReportScope, _: Parameters) -> Measured:
    """Mean over rows."""
    return of_answers(scope, lambda answers: {"value": mean(answers)})


LOG_LOSS = DatasetMetric(
    name="log_loss",
    semantics="Mean of minus the logarithm of the true label's probability: 0 is perfect.",
    parameters=Parameters,
    compute=log_loss,
    applies=has_probabilities,
)
