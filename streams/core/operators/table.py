"""Every operator there is. A new one is its own file, plus its line here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from streams.core.operators.concept_threshold import ConceptThreshold
from streams.core.operators.maximum_probability_below import MaximumProbabilityBelow
from streams.core.operators.minimum_probability_above import MinimumProbabilityAbove
from streams.core.operators.random_sample import RandomSample

AnyRewritingOperator = ConceptThreshold
AnyEventOperator = RandomSample | MaximumProbabilityBelow | MinimumProbabilityAbove | AnyRewritingOperator
Operator = Annotated[AnyEventOperator, Field(discriminator="type")]
