"""Keep, or leave out, events of listed models."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.masks import any_of
from streams.core.operators.model_pattern import ModelPattern


class ModelFilter(BaseModel):
    """Keeps events whose model matches one of `models`; with `exclude`, those that match none.

    A pattern matches where each part it gives (`user_id`, `app_id`, `model_id`, `version`) is equal; a part left out
    may be anything. A part that is given does not match an event without it.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {
        "type": "model_filter",
        "models": [{"model_id": "animals", "version": "3"}, {"app_id": "main"}],
    }

    type: Literal["model_filter"] = "model_filter"
    models: Annotated[tuple[ModelPattern, ...], Field(min_length=1)] = Field(
        description="Patterns, one of which has to match."
    )
    exclude: bool = Field(default=False, description="Drop the events of these models instead of keeping them.")

    def fields(self) -> Projection:
        """Models are always decoded."""
        return Projection()

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Match each pattern in turn."""
        found = [pattern.matches(block) for pattern in self.models]
        everything = np.ones(len(block), np.bool_)
        return any_of(everything if mask is None else mask for mask in found) ^ self.exclude
