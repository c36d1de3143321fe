"""Both sides of a column as shares of the same bins: what divergences are computed on."""

from typing import Final

import numpy as np

from streams.core.reports.column import Column
from streams.core.reports.comparison import ColumnPair
from streams.core.reports.counts import Counts
from streams.core.reports.kinds import Kind
from streams.core.reports.whole_numbers import EXACT, Floats, Numbers

VALUES_BINNED_FROM: Final = 20
"""Numbers with more distinct values than this in the reference are binned; others count value by value."""


def binned_shares(pair: ColumnPair) -> tuple[Floats, Floats]:
    """Shares of reference and batch, per bin of the pooled values (Sturges' rule) or per value."""
    if pair.kind is Kind.NUMERIC and pair.reference.distinct > VALUES_BINNED_FROM:
        edges = pooled_edges(pair)
        reference, current = (count_between(numbers, edges) for numbers in pair.numbers)
        return reference / pair.reference.usable, current / pair.current.usable
    return pair.joint.reference / pair.reference.usable, pair.joint.current / pair.current.usable


def pooled_edges(pair: ColumnPair) -> Floats:
    """Edges of equal bins over the numbers of both sides, as many as Sturges' rule asks for."""
    return sturges_edges(pair.numbers, whole=_both_whole(pair.reference, pair.current))


def sturges_edges(parts: tuple[Floats, ...], *, whole: bool) -> Floats:
    """Edges by Sturges' rule over all parts together; bins of whole numbers are not narrower than 1."""
    pooled = np.concatenate(parts)
    narrow = whole and np.abs(pooled).max() <= EXACT  # over a wider range no bin is narrower than 1
    return np.histogram_bin_edges(pooled.astype(np.int64) if narrow else pooled, bins="sturges")


def count_between(ascending: Numbers, edges: Numbers) -> Counts:
    """How many numbers fall into each bin: left edge included, and the right one of the last bin."""
    below = np.append(np.searchsorted(ascending, edges[:-1], "left"), np.searchsorted(ascending, edges[-1], "right"))
    return np.diff(below)


def without_zeros(shares: Floats) -> Floats:
    """Shares with zeros replaced by 0.0001, or by a millionth of the smallest share where that is not larger."""
    smallest = shares[shares > 0].min()
    floor = smallest / 10**6 if smallest <= 0.0001 else 0.0001  # noqa: PLR2004 - both are Evidently's
    return np.where(shares == 0, floor, shares)


def _both_whole(reference: Column, current: Column) -> bool:
    return reference.is_integer and current.is_integer
