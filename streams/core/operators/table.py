"""Every operator there is. A new one is its own file, plus its line here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from streams.core.operators.caller_filter import CallerFilter
from streams.core.operators.concept_mapping import ConceptMapping
from streams.core.operators.concept_threshold import ConceptThreshold
from streams.core.operators.deduplicate import Deduplicate
from streams.core.operators.keyword_filter import KeywordFilter
from streams.core.operators.maximum_probability_below import MaximumProbabilityBelow
from streams.core.operators.metadata_filter import MetadataFilter
from streams.core.operators.minimum_probability_above import MinimumProbabilityAbove
from streams.core.operators.model_filter import ModelFilter
from streams.core.operators.random_sample import RandomSample
from streams.core.operators.regex_filter import RegexFilter
from streams.core.operators.reservoir_sample import ReservoirSample
from streams.core.operators.stratified_sample import StratifiedSample
from streams.core.operators.uncertainty import Uncertainty

AnyFilter = (
    RandomSample
    | CallerFilter
    | ModelFilter
    | MetadataFilter
    | KeywordFilter
    | RegexFilter
    | MaximumProbabilityBelow
    | MinimumProbabilityAbove
    | Uncertainty
)
AnyRewritingOperator = ConceptThreshold | ConceptMapping
AnyEventOperator = AnyFilter | AnyRewritingOperator
AnyWindowOperator = StratifiedSample | ReservoirSample | Deduplicate
Operator = Annotated[AnyEventOperator | AnyWindowOperator, Field(discriminator="type")]


_WINDOW_OPERATOR: TypeAdapter[AnyWindowOperator] = TypeAdapter(
    Annotated[AnyWindowOperator, Field(discriminator="type")]
)


def parse_window_operator(declaration: str) -> AnyWindowOperator:
    """Read a window operator from its declaration as JSON, as a window's plan carries it. Errors: ValueError."""
    return _WINDOW_OPERATOR.validate_json(declaration)
