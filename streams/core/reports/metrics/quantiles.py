"""Quantiles of numeric columns."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from streams.core.reports.column import Column, Floats
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.kinds import Kind
from streams.core.reports.metrics.declaration import ColumnMetric, Measured, Parameters, both_sides
from streams.core.reports.scope import ReportScope

Probability = Annotated[float, Field(ge=0, le=1)]


class QuantileParameters(Parameters):
    """``probabilities``: which quantiles, each from 0 to 1."""

    probabilities: Annotated[tuple[Probability, ...], Field(min_length=1)] = (0.05, 0.25, 0.5, 0.75, 0.95)


def quantiles(_: ReportScope, column: ReportColumn, parameters: QuantileParameters) -> Measured:
    """Value of each quantile by its probability as text; None where there are no values."""
    return both_sides(column, lambda side: _measure(side, parameters.probabilities))


def _measure(column: Column, probabilities: tuple[float, ...]) -> dict[str, Any]:
    if not len(column.numbers):
        return {repr(probability): None for probability in probabilities}
    values = _interpolated(column.numbers, np.array(probabilities))
    return {repr(probability): float(value) for probability, value in zip(probabilities, values, strict=True)}


def _interpolated(ascending: Floats, probabilities: Floats) -> Floats:
    """Linear interpolation between neighbours (type 7), in constant time as the values are sorted."""
    at = probabilities * (len(ascending) - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, len(ascending) - 1)
    values: Floats = ascending[below] + (ascending[above] - ascending[below]) * (at - below)
    return values


QUANTILES = ColumnMetric(
    name="quantiles",
    semantics="Quantiles with linear interpolation, over values that are neither missing nor infinite.",
    parameters=QuantileParameters,
    kinds=frozenset({Kind.NUMERIC}),
    compute=quantiles,
)
