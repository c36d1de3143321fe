"""Histogram of a column: both sides in the same bins or categories."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Final

import numpy as np
from pydantic import Field

from streams.core.reports.column import Column, Family
from streams.core.reports.comparison import ReportColumn, of_one_width
from streams.core.reports.counts import Counts, JointCounts, join_counts
from streams.core.reports.drift.shares import count_between
from streams.core.reports.kinds import Kind
from streams.core.reports.labels import labels
from streams.core.reports.metrics.declaration import ColumnMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.whole_numbers import aligned

FEW_NUMBERS: Final = 10
"""Columns of at most this many different numbers are counted value by value, in ascending order."""


class HistogramParameters(Parameters):
    """``bins``: equal bins of a numeric column; ``categories``: listed values of a categorical one."""

    bins: Annotated[int, Field(ge=1, le=1000)] = 20
    categories: Annotated[int, Field(ge=1, le=1000)] = 20


def histogram(_: ReportScope, column: ReportColumn, parameters: HistogramParameters) -> Measured:
    """Counts per bin (``edges``, ``counts``) or per value (``labels``, ``counts``, ``other``)."""
    reference = column.reference
    sides = [column.current] if reference is None else list(of_one_width(column.current, reference))
    if _are_few_numbers(sides):
        return _by_value(sides, FEW_NUMBERS, by_frequency=False)
    if column.kind is Kind.CATEGORICAL:
        return _by_value(sides, parameters.categories)
    return _binned(sides, parameters.bins)


def _are_few_numbers(sides: list[Column]) -> bool:
    few = all(side.family is not Family.STRING and side.distinct <= FEW_NUMBERS for side in sides)
    return few and len(_joint(sides).keys) <= FEW_NUMBERS


def _binned(sides: list[Column], bins: int) -> Measured:
    numbers = [side.ascending for side in sides]
    numbers = numbers if len(numbers) == 1 else list(aligned(*numbers))
    filled = [each for each in numbers if len(each)]
    low, high = min(each[0].item() for each in filled), max(each[-1].item() for each in filled)
    edges = np.array(_edges(low, high, bins, whole=all(side.is_integer for side in sides)), numbers[0].dtype)
    return _sides([{"edges": edges.tolist(), "counts": count_between(each, edges).tolist()} for each in numbers])


def _edges(low: float, high: float, bins: int, *, whole: bool) -> Sequence[float]:
    """Equal bins over the range; those of whole numbers are whole numbers wide (the last may be narrower).

    Whole numbers that doubles would round have whole edges, the others edges half-way between two of them.
    """
    if isinstance(low, int):
        return [*range(low, int(high), -(-(int(high) - low + 1) // bins)), int(high)]
    if not whole:
        return list(np.linspace(low, high, bins + 1))
    width = math.ceil((high - low + 1) / bins)
    return [*np.arange(low - 0.5, high + 0.5, width).tolist(), high + 0.5]


def _by_value(sides: list[Column], limit: int, *, by_frequency: bool = True) -> Measured:
    joint = _joint(sides)
    # Most common on both sides together first, equally common ones by value.
    pooled = joint.reference + joint.current
    order = np.argsort(-pooled, kind="stable")[:limit] if by_frequency else np.arange(len(pooled))
    named = next((side for side in reversed(sides) if side.usable), sides[-1])
    names = labels(named, joint.keys.take(order))
    return _sides([_value_counts(names, side, order) for side in (joint.current, joint.reference)[: len(sides)]])


def _joint(sides: list[Column]) -> JointCounts:
    current = sides[0].counts
    if len(sides) == 1:
        return JointCounts(current.keys, np.zeros_like(current.counts), current.counts)
    return join_counts(sides[1].counts, current)


def _value_counts(names: list[str], counts: Counts, order: Counts) -> dict[str, Any]:
    listed = counts[order]
    return {"labels": names, "counts": listed.tolist(), "other": int(counts.sum() - listed.sum())}


def _sides(measured: list[dict[str, Any]]) -> Measured:
    return Measured(measured[0], measured[1] if len(measured) > 1 else None)


HISTOGRAM = ColumnMetric(
    name="histogram",
    semantics=(
        "Counts in equal bins over the range of both sides, or per value: categories, the most common first and the "
        "rest as other, and numbers of few different values. Missing and infinite values are left out."
    ),
    parameters=HistogramParameters,
    kinds=frozenset({Kind.NUMERIC, Kind.CATEGORICAL}),
    compute=histogram,
)
