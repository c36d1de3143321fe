"""Hellinger distance."""

import math

import numpy as np

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC_AND_CATEGORICAL, DriftedWhen, DriftTest
from streams.core.reports.drift.shares import count_between, sturges_edges
from streams.core.reports.kinds import Kind
from streams.core.reports.whole_numbers import Floats


def hellinger_score(pair: ColumnPair) -> float:
    """Square root of one minus the overlap; numbers in equal bins, as many as distinct values ask for."""
    reference, current = _shares(pair)
    overlap = float(np.sum(np.sqrt(reference * current)))
    return math.sqrt(1 - min(max(overlap, 0.0), 1.0))


def _shares(pair: ColumnPair) -> tuple[Floats, Floats]:
    reference, current = pair.joint.reference, pair.joint.current
    if pair.kind is Kind.NUMERIC:
        whole = pair.reference.is_integer and pair.current.is_integer
        edges = sturges_edges((pair.distinct_numbers,), whole=whole)
        reference, current = (count_between(numbers, edges) for numbers in pair.numbers)
    return reference / pair.reference.usable, current / pair.current.usable


HELLINGER = DriftTest(
    name="hellinger",
    evidently_name="hellinger",
    title="Hellinger distance",
    semantics="Distance of the two distributions: 0 where equal, 1 where they share no value.",
    kinds=NUMERIC_AND_CATEGORICAL,
    threshold=0.1,
    drifted_when=DriftedWhen.AT_LEAST,
    score=hellinger_score,
)
