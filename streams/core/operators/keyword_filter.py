"""Keep events whose input text has keywords."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field

from streams.core.events.block import EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.contracts import DECLARATION, Example, Mask, Text
from streams.core.operators.masks import all_of, mask_of
from streams.core.operators.required_fields import input_text_of

# RE2's \b knows ASCII alone
_BEFORE = r"(?:^|[^\pL\pN_])"
_AFTER = r"(?:$|[^\pL\pN_])"


class KeywordFilter(BaseModel):
    """Keeps events whose `input.data` is a text with any, or all, of the keywords.

    A keyword may be several words. It has to stand between characters that are neither letter, digit nor underscore,
    in any script, unless `whole_words` is false. Searched by RE2, in time linear in the text. An event whose input is
    missing or not a text is dropped, and with `exclude` kept.
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {"type": "keyword_filter", "keywords": ["refund", "charged twice"], "match": "any"}

    type: Literal["keyword_filter"] = "keyword_filter"
    keywords: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(description="Words or phrases, taken literally.")
    match: Literal["any", "all"] = Field(default="any", description="Whether one keyword is enough.")
    case_sensitive: bool = Field(default=False, description="Tell capital from small letters.")
    whole_words: bool = Field(default=True, description="Do not find a keyword inside a longer word.")
    exclude: bool = Field(default=False, description="Drop the events that match instead of keeping them.")

    def fields(self) -> Projection:
        """Look at the input's text."""
        return Projection(input_text=True)

    def keep(self, block: EventBlock, _salt: int, /) -> Mask:
        """Search all keywords at once where one is enough, else one after the other."""
        texts = input_text_of(block)
        if self.match == "any":
            return self._found(texts, *self.keywords) ^ self.exclude
        return all_of(self._found(texts, keyword) for keyword in self.keywords) ^ self.exclude

    def _found(self, texts: pa.StringArray, *keywords: str) -> Mask:
        literal = f"(?:{'|'.join(re.escape(keyword) for keyword in keywords)})"
        pattern = f"{_BEFORE}{literal}{_AFTER}" if self.whole_words else literal
        return mask_of(pc.match_substring_regex(texts, pattern, ignore_case=not self.case_sensitive))
