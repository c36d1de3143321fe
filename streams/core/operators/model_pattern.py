"""A model, or several: any part may be left open."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.operators.contracts import DECLARATION, Mask
from streams.core.operators.masks import all_of, equals

AnyOrExact = Annotated[str | None, AfterValidator(lambda text: text or None)]
"""A text to be equal to; None, or an empty text, means any."""


class ModelPattern(BaseModel):
    """Matches an event's `model`: each part that is given has to be equal, a part left out (or empty) may
    be anything.
    """

    model_config = DECLARATION

    user_id: AnyOrExact = Field(default=None, description="The model's user.")
    app_id: AnyOrExact = Field(default=None, description="The model's app.")
    model_id: AnyOrExact = Field(default=None, description="The model's id.")
    version: AnyOrExact = Field(default=None, description="The model's version.")

    def matches(self, block: EventBlock) -> Mask | None:
        """Return True for each row whose model matches, or None where the pattern matches any."""
        masks = [
            equals(column, value)
            for column, value in (
                (block.model_user_ids, self.user_id),
                (block.model_app_ids, self.app_id),
                (block.model_versions, self.version),
            )
            if value is not None
        ]
        if self.model_id is not None:
            masks.append(block.coded_model_ids.equal(self.model_id))
        return all_of(masks) if masks else None
