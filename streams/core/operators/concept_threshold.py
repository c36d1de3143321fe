"""Keep the listed concepts that satisfy their threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.concept_entries import kept_entries
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.masks import equals
from streams.core.operators.required_fields import concepts_of

Comparison = Literal[">", ">=", "<", "<=", "="]
_COMPARE: Mapping[Comparison, np.ufunc] = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "=": np.equal,
}


class Limit(BaseModel):
    """What one concept's value has to satisfy."""

    model_config = DECLARATION

    id: Annotated[str, Field(min_length=1)] = Field(
        description="The concept's id (its name where the model gives no id)."
    )
    comparison: Comparison = Field(
        default=">", description="How the concept's value has to compare with the threshold."
    )
    threshold: Annotated[float, Field(strict=True)] = Field(description="What the value is compared with.")


class ConceptThreshold(BaseModel):
    """Keeps, of each event's concepts, those listed whose value satisfies their threshold; drops the event
    where none is left.

    A concept that is not listed is taken out. A concept listed twice has to satisfy both limits, which makes a range.
    An event without concepts is dropped. The batch sees the concepts that are left (Clarifai's `concept-thresholder`).
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {
        "type": "concept_threshold",
        "concepts": [{"id": "cat", "comparison": ">=", "threshold": 0.8}, {"id": "dog", "threshold": 0.5}],
    }

    type: Literal["concept_threshold"] = "concept_threshold"
    concepts: Annotated[tuple[Limit, ...], Field(min_length=1)] = Field(
        description="The concepts to keep, with their limits."
    )

    def fields(self) -> Projection:
        """Look at concepts."""
        return Projection(concepts=True)

    def rewrite(self, block: EventBlock) -> tuple[EventBlock, Mask]:
        """Test every entry against the limits of its concept."""
        concepts = concepts_of(block)
        listed = np.zeros(len(concepts.values), dtype=np.bool_)
        failed = np.zeros(len(concepts.values), dtype=np.bool_)
        for limit in self.concepts:
            here = equals(concepts.ids, limit.id)
            listed |= here
            failed |= here & ~_COMPARE[limit.comparison](concepts.values, limit.threshold)
        left = kept_entries(concepts, listed & ~failed)
        return replace(block, concepts=left), left.counts > 0
