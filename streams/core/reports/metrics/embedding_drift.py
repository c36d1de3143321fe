"""Whether embeddings have drifted from the reference."""

import math
from typing import Annotated

from pydantic import AfterValidator, Field

from streams.core.reports.embeddings.table import EMBEDDING_METHODS
from streams.core.reports.embeddings.vectors import read_vectors
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope


def _known(name: str) -> str:
    if name not in EMBEDDING_METHODS:
        raise ValueError(f"unknown method {name!r}: choose one of {', '.join(EMBEDDING_METHODS)}")
    return name


class EmbeddingParameters(Parameters):
    """``columns``: one column of lists of numbers, or several of numbers by name or pattern (`emb_*`).

    ``threshold``: score above which it is drift, the method's own where it is left out.
    """

    columns: Annotated[tuple[str, ...], Field(min_length=1)] = ("embedding",)
    method: Annotated[str, AfterValidator(_known)] = "mmd"
    threshold: Annotated[float, Field(ge=0)] | None = None


def embedding_drift(scope: ReportScope, parameters: EmbeddingParameters) -> Measured:
    """Score and decision; ``left_out`` counts rows of the batch without a whole embedding.

    Raises ValueError where a side lacks the columns, or the sides' dimensions differ.
    """
    if scope.reference is None:
        raise ValueError("embedding_drift compares with a reference and there is none: set one for the collector")
    theirs, ours = (read_vectors(side, parameters.columns) for side in (scope.reference, scope.current))
    if theirs.shape[1] != ours.shape[1]:
        raise ValueError(
            f"embeddings have {ours.shape[1]} dimensions in the batch and {theirs.shape[1]} in the reference"
        )
    method = EMBEDDING_METHODS[parameters.method]
    threshold = method.threshold if parameters.threshold is None else parameters.threshold
    score = method.score(theirs, ours)
    return Measured(
        {
            "method": method.name,
            "score": score,
            "threshold": threshold,
            "drifted": not math.isnan(score) and score > threshold,
            "drifted_when": ">",
            "rows": len(ours),
            "left_out": scope.current.rows - len(ours),
            "dimensions": ours.shape[1],
        }
    )


EMBEDDING_DRIFT = DatasetMetric(
    name="embedding_drift",
    semantics="Distance of a batch's embeddings (a column of lists, or columns by pattern) from the reference's.",
    parameters=EmbeddingParameters,
    compute=embedding_drift,
    main="score",
    needs_reference=True,
)
