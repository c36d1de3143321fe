"""Keep events whose smallest concept value is above a threshold."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.required_fields import concepts_of


class MinimumProbabilityAbove(BaseModel):
    """Keeps events whose smallest concept value is above `threshold` (>, not equal): the model was sure of
    everything.

    An event without concepts is dropped.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "minimum_probability_above", "threshold": 0.2}

    type: Literal["minimum_probability_above"] = "minimum_probability_above"
    threshold: Annotated[float, Field(strict=True, ge=0, le=1)] = Field(description="Largest value that is too small.")

    def fields(self) -> Projection:
        """Look at concepts."""
        return Projection(concepts=True)

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Compare; a row without concepts has NaN, which compares as False."""
        return concepts_of(block).minimum > self.threshold
