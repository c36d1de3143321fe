"""Keep a random share of events."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.hashing import sampled


class RandomSample(BaseModel):
    """Keeps about `keep_fraction` of the events, chosen by a hash of the event's id and the collector's id.

    The same events on every worker and on every replay; another collector draws independently, and so does a
    second sample in the same collector. Copies of an event (same id) stay or go together.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "random_sample", "keep_fraction": 0.1}

    type: Literal["random_sample"] = "random_sample"
    keep_fraction: Annotated[float, Field(strict=True, gt=0, le=1)] = Field(description="Share of events to keep.")

    def fields(self) -> Projection:
        """Ids are always decoded."""
        return Projection()

    def keep(self, block: EventBlock, salt: int, /) -> Mask:
        """Compare each event's hash with the fraction."""
        return sampled(block.id_hashes, self.keep_fraction, salt)
