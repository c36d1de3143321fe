"""How many rows a model recognises anything in."""

from functools import partial
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from streams.core.reports.attempt import Failure, attempt, known
from streams.core.reports.dataset import Dataset
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.quality.concepts import Concepts
from streams.core.reports.quality.model_columns import ProbabilityScale
from streams.core.reports.quality.probabilities import probable_concepts
from streams.core.reports.scope import ReportScope


class CoverageParameters(Parameters):
    """``threshold``: value from which on a concept counts as recognised; ``labels``: how many of them are listed."""

    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    labels: Annotated[int, Field(ge=0, le=1000)] = 20


def concept_coverage(scope: ReportScope, parameters: CoverageParameters) -> Measured:
    """Shares of all rows, and the most common strongest concepts. Raises ValueError where the rows have no concepts."""
    measure = partial(_measure, parameters=parameters, scale=scope.model.probability_scale)
    reference = None if scope.reference is None else attempt(partial(measure, scope.reference))
    return Measured(measure(scope.current), None if isinstance(reference, Failure) else reference)


def _measure(side: Dataset, parameters: CoverageParameters, scale: ProbabilityScale) -> dict[str, Any]:
    if side.concepts is None:
        raise ValueError("the rows have no concepts: this metric is one of batches of concept predictions")
    concepts = known(probable_concepts(side.concepts, scale))
    confidence = np.nan_to_num(concepts.confidence)
    return {
        "share": float(np.mean(confidence >= parameters.threshold)),
        "with_concepts": float(np.mean(concepts.sizes > 0)),
        "mean_concepts": float(np.mean(concepts.sizes)),
        "labels": len(concepts.labels),
        "strongest": _strongest(concepts, parameters.labels),
    }


def _strongest(concepts: Concepts, most: int) -> dict[str, float]:
    """Shares of all rows by their strongest concept, the most common first, equally common ones by name."""
    codes = concepts.strongest.codes
    counts = np.bincount(codes[codes >= 0], minlength=len(concepts.labels))
    order = np.argsort(-counts, kind="stable")[:most]
    return {concepts.labels[place]: int(counts[place]) / concepts.rows for place in order.tolist() if counts[place]}


CONCEPT_COVERAGE = DatasetMetric(
    name="concept_coverage",
    semantics=(
        "Share of rows whose strongest concept reaches the threshold, and of those with any; concepts by row, "
        "different labels, and the most common strongest ones with their share of rows."
    ),
    parameters=CoverageParameters,
    compute=concept_coverage,
    main="share",
    applies=lambda scope: scope.current.concepts is not None,
)
