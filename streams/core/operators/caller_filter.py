"""Keep, or leave out, events of listed callers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask, Text


class CallerFilter(BaseModel):
    """Keeps events whose `caller` is one of `callers`; with `exclude`, the events of everyone else.

    An event without a caller is dropped, and with `exclude` kept.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "caller_filter", "callers": ["load-test", "health-check"], "exclude": True}

    type: Literal["caller_filter"] = "caller_filter"
    callers: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(description="Callers, compared exactly.")
    exclude: bool = Field(default=False, description="Drop the events of these callers instead of keeping them.")

    def fields(self) -> Projection:
        """Callers are always decoded."""
        return Projection()

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Look each caller up in the list."""
        return block.coded_callers.is_in(self.callers) ^ self.exclude
