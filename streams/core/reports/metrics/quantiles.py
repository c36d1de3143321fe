"""Quantiles of numeric columns."""

import math
from typing import Annotated, Any

from pydantic import Field

from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.kinds import Kind
from streams.core.reports.metrics.declaration import ColumnMetric, Measured, Parameters, both_sides
from streams.core.reports.scope import ReportScope
from streams.core.reports.whole_numbers import Numbers

Probability = Annotated[float, Field(ge=0, le=1)]


class QuantileParameters(Parameters):
    """``probabilities``: which quantiles, each from 0 to 1."""

    probabilities: Annotated[tuple[Probability, ...], Field(min_length=1)] = (0.05, 0.25, 0.5, 0.75, 0.95)


def quantiles(_: ReportScope, column: ReportColumn, parameters: QuantileParameters) -> Measured:
    """Value of each quantile by its probability as text; None where there are no values."""
    return both_sides(column, lambda side: _measure(side, parameters.probabilities))


def _measure(column: Column, probabilities: tuple[float, ...]) -> dict[str, Any]:
    if not len(column.ascending):
        return {repr(probability): None for probability in probabilities}
    return {repr(probability): _interpolated(column.ascending, probability) for probability in probabilities}


def _interpolated(ascending: Numbers, probability: float) -> float:
    """Linear interpolation between neighbours (type 7), in constant time as the values are sorted.

    A whole number that a double would round is itself where the quantile falls on it, or whole steps from it.
    """
    at = probability * (len(ascending) - 1)
    below = math.floor(at)
    lower, upper = (ascending[place].item() for place in (below, min(below + 1, len(ascending) - 1)))
    step = (upper - lower) * (at - below)
    quantile: float = lower + (int(step) if isinstance(lower, int) and step == int(step) else step)
    return quantile


QUANTILES = ColumnMetric(
    name="quantiles",
    semantics="Quantiles with linear interpolation, over values that are neither missing nor infinite.",
    parameters=QuantileParameters,
    kinds=frozenset({Kind.NUMERIC}),
    compute=quantiles,
)
