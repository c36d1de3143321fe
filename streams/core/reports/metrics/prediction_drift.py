"""Whether a model's answers have drifted from the reference."""

from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.metrics.value_drift import drift_of
from streams.core.reports.scope import ReportScope


def prediction_drift(scope: ReportScope, _: Parameters) -> Measured:
    """As ``value_drift`` for the predictions' column: the one named, ``prediction`` or a batch's ``top_concept``.

    Raises ValueError where it is missing or cannot be compared.
    """
    columns = scope.current.columns
    fallback = "top_concept" if "prediction" not in columns and "top_concept" in columns else "prediction"
    return drift_of(scope, scope.model.prediction or fallback)


PREDICTION_DRIFT = DatasetMetric(
    name="prediction_drift",
    semantics="Drift of the predictions' column, of the strongest concept where there is none.",
    parameters=Parameters,
    compute=prediction_drift,
    main="score",
    needs_reference=True,
)
