"""Keep events whose metadata satisfies a condition."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.conditions import Condition
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.required_fields import metadata_of


class MetadataFilter(BaseModel):
    """Keeps events whose flat `metadata` satisfies the condition `where`.

    `{field: plan, equals: pro}` asks one field; several comparisons on it have to hold together. `all`, `any` and
    `not` combine conditions. What is asked of a field that is missing or null is false, except `exists: false`; `not`
    is the plain opposite, so `not: {field: plan, equals: pro}` holds for an event without a plan. Text, numbers and
    booleans are never equal to each other, and an object or a list satisfies `exists` alone.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {
        "type": "metadata_filter",
        "where": {
            "all": [
                {"field": "country", "in": ["de", "fr"]},
                {"any": [{"field": "amount", "at_least": 100, "less_than": 1000}, {"field": "plan", "equals": "pro"}]},
                {"not": {"field": "test", "exists": True}},
            ]
        },
    }

    type: Literal["metadata_filter"] = "metadata_filter"
    where: Condition = Field(description="The condition to satisfy.")

    def fields(self) -> Projection:
        """Look at the keys that the condition names."""
        return Projection(metadata=self.where.names())

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Evaluate the condition over metadata columns."""
        return self.where.holds(partial(metadata_of, block))
