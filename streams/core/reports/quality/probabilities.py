"""Numbers that are said to be probabilities, checked to be some."""

from dataclasses import replace
from typing import Final

import numpy as np

from streams.core.reports.attempt import Failure
from streams.core.reports.quality.concepts import Concepts
from streams.core.reports.quality.model_columns import ProbabilityScale
from streams.core.reports.whole_numbers import Floats

_WHOLE: Final = {"unit": 1.0, "percent": 100.0}
_ROUNDING: Final = 1e-6
"""How far a probability may be beside 0 or 1: a sum of floats of 32 bits is."""

_SHOWN: Final = 3


def as_probabilities(values: Floats, name: str, scale: ProbabilityScale) -> Floats | Failure:
    """The values from 0 to 1, NaN where one is missing; or why they are none: with their number and some of them."""
    scaled = values if scale == "unit" else values / _WHOLE[scale]
    outside = (scaled < -_ROUNDING) | (scaled > 1 + _ROUNDING)
    if not outside.any():
        return np.clip(scaled, 0, 1)
    found = np.unique(values[outside])
    examples = ", ".join(f"{value:g}" for value in found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
    remedy = (
        "set probability_scale: percent in the report's model if they are percentages, or name another column"
        if scale == "unit"
        else "leave out probability_scale in the report's model if they are not percentages, or name another column"
    )
    return Failure(
        f"{name} has {int(outside.sum()):,} values outside 0 to {_WHOLE[scale]:g}: {examples}; these are no "
        f"probabilities: {remedy}"
    )


def probable_concepts(concepts: Concepts, scale: ProbabilityScale) -> Concepts | Failure:
    """The concepts with values from 0 to 1; or why their values are no probabilities."""
    values = as_probabilities(concepts.values, "the value of concepts", scale)
    if isinstance(values, Failure):
        return values
    return concepts if np.array_equal(values, concepts.values) else replace(concepts, values=values)
