"""Keep events that the model was unsure of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from streams.core.events.block import ConceptColumn, EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.required_fields import concepts_of

Strategy = Literal["least_confidence", "margin", "entropy"]
Scores = NDArray[np.float64]


class Uncertainty(BaseModel):
    """Keeps events whose uncertainty is `threshold` or more, on a scale from 0 (certain) to 1 (Settles 2009,
    section 3.1).

    `least_confidence`: 1 - the largest value. `margin`: 1 - (the largest value - the second largest, 0 where there is
    one concept alone). `entropy`: the Shannon entropy of the values scaled to sum to 1, divided by its greatest
    possible value, the logarithm of the number of concepts; 0 for one concept, 1 where no value is above 0. Values
    below 0 count as 0 in the entropy. Only the concepts in the event count: a model that sends its top few hides the
    rest. An event without concepts is dropped.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "uncertainty", "strategy": "margin", "threshold": 0.8}

    type: Literal["uncertainty"] = "uncertainty"
    strategy: Strategy = Field(description="How uncertainty is measured.")
    threshold: Annotated[float, Field(strict=True, ge=0, le=1)] = Field(
        description="Least uncertainty of an event to keep."
    )

    def fields(self) -> Projection:
        """Look at concepts."""
        return Projection(concepts=True)

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Compare; a row without concepts has NaN, which compares as False."""
        return _STRATEGIES[self.strategy](concepts_of(block)) >= self.threshold


def least_confidence(concepts: ConceptColumn) -> Scores:
    """Return 1 - the largest value per row."""
    return 1 - concepts.maximum


def margin(concepts: ConceptColumn) -> Scores:
    """Return 1 - (largest - second largest) per row."""
    rows = concepts.row_of
    at_largest = np.flatnonzero(concepts.values == concepts.maximum[rows])
    # of equal largest values only the first is set aside: the other is the second largest
    first = at_largest[np.diff(rows[at_largest], prepend=-1) > 0]
    others = concepts.values.copy()
    others[first] = -np.inf
    second = replace(concepts, values=others).maximum
    return 1 - (concepts.maximum - np.where(concepts.counts > 1, second, 0.0))


def entropy(concepts: ConceptColumn) -> Scores:
    """Return the entropy per row, as a share of its greatest possible value."""
    values = np.maximum(concepts.values, 0.0)
    rows, size = concepts.row_of, len(concepts.counts)
    totals = np.bincount(rows, values, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = values / totals[rows]
        surprise = np.where(shares > 0, -shares * np.log(shares), 0.0)
        scores = np.bincount(rows, surprise, minlength=size) / np.log(concepts.counts)
    scores[concepts.counts == 1] = 0.0
    scores[totals <= 0] = 1.0
    scores[concepts.counts == 0] = np.nan
    return scores


_STRATEGIES: Mapping[Strategy, Callable[[ConceptColumn], Scores]] = {
    "least_confidence": least_confidence,
    "margin": margin,
    "entropy": entropy,
}
