"""How sure a model is."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from streams.core.reports.drift.shares import count_between
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.quality.certainty import Certainty
from streams.core.reports.quality.sides import measured
from streams.core.reports.scope import ReportScope


class ConfidenceParameters(Parameters):
    """``bins``: equal bins from 0 to 1."""

    bins: Annotated[int, Field(ge=1, le=1000)] = 20


def confidence_distribution(scope: ReportScope, parameters: ConfidenceParameters) -> Measured:
    """Mean and quartiles of the largest probability, its lead over the second, and a histogram.

    Raises ValueError where the model gives no probabilities.
    """
    return Measured(*measured(scope.quality.certainty, lambda side: _measure(side, parameters.bins)))


def _measure(side: Certainty, bins: int) -> dict[str, Any]:
    edges = np.linspace(0, 1, bins + 1)
    quartiles = np.quantile(side.confidence, [0.25, 0.5, 0.75]).tolist()
    return {
        "rows": len(side.confidence),
        "mean": float(side.confidence.mean()),
        "0.25": quartiles[0],
        "0.5": quartiles[1],
        "0.75": quartiles[2],
        "lead": float((side.confidence - side.second).mean()),
        "edges": edges.tolist(),
        "counts": count_between(side.confidence, edges).tolist(),
    }


CONFIDENCE_DISTRIBUTION = DatasetMetric(
    name="confidence_distribution",
    semantics=(
        "Mean, quartiles and histogram of the largest probability of each row (of the strongest concept), and its mean "
        "lead over the second."
    ),
    parameters=ConfidenceParameters,
    compute=confidence_distribution,
    main="mean",
)
