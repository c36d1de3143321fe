"""Keep events whose largest concept value is below a threshold."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.required_fields import concepts_of


class MaximumProbabilityBelow(BaseModel):
    """Keeps events whose largest concept value is below `threshold` (<, not equal): the model was sure of
    nothing.

    An event without concepts is dropped.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "maximum_probability_below", "threshold": 0.5}

    type: Literal["maximum_probability_below"] = "maximum_probability_below"
    threshold: Annotated[float, Field(strict=True, ge=0, le=1)] = Field(description="Smallest value that is too large.")

    def fields(self) -> Projection:
        """Look at concepts."""
        return Projection(concepts=True)

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Compare; a row without concepts has NaN, which compares as False."""
        return concepts_of(block).maximum < self.threshold
