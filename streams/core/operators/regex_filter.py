"""Keep events whose input text matches a regular expression."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask
from streams.core.operators.masks import mask_of
from streams.core.operators.required_fields import input_text_of


def compiled(pattern: str) -> str:
    """Return the pattern if RE2 takes it. Errors: ValueError with what RE2 says."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        raise ValueError(
            f"is not a regular expression of RE2 ({reason}); RE2 has no look-around and no back-references, "
            "see https://github.com/google/re2/wiki/Syntax"
        ) from None
    return pattern


class RegexFilter(BaseModel):
    r"""Keeps events whose `input.data` is a text that matches `pattern` somewhere; anchor with `^` and `$`.

    Patterns are RE2's: matching takes time linear in the text, whatever the pattern, so none can stall the stream; in
    return there is no look-around and no back-reference. `\b`, `\w` and `\d` know ASCII alone; `\pL` is any letter.
    An event whose input is missing or not a text is dropped, and with `exclude` kept.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {
        "type": "regex_filter",
        "pattern": "(refund|chargeback) of [0-9]+",
        "case_sensitive": False,
    }

    type: Literal["regex_filter"] = "regex_filter"
    pattern: Annotated[str, Field(min_length=1), AfterValidator(compiled)] = Field(
        description="A regular expression of RE2."
    )
    case_sensitive: bool = Field(default=True, description="Tell capital from small letters.")
    exclude: bool = Field(default=False, description="Drop the events that match instead of keeping them.")

    def fields(self) -> Projection:
        """Look at the input's text."""
        return Projection(input_text=True)

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Search each text."""
        found = pc.match_substring_regex(input_text_of(block), self.pattern, ignore_case=not self.case_sensitive)
        return mask_of(found) ^ self.exclude
