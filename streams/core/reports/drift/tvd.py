"""Total variation distance, judged by a seeded permutation test."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.counts import Counts
from streams.core.reports.drift.declaration import CATEGORICAL, DriftedWhen, DriftTest
from streams.core.reports.whole_numbers import Floats

SPLITS: Final = 1000
SEED: Final = 0
TIE: Final = 1e-12

ROWS_PERMUTED: Final = 20_000
"""Rows of both sides together up to which they are permuted as Evidently does; above, only their counts are drawn."""

_ROWS_PER_VALUE: Final = 50
"""Rows by value from which on it is faster to draw counts."""


def tvd_score(pair: ColumnPair) -> float:
    """Share of 1,000 random splits of the pooled rows (seed 0) with a distance at least as large as the observed one.

    Up to ``ROWS_PERMUTED`` rows the splits are Evidently's, and so depend on the order of rows: no other score does.
    Above, each split's counts are drawn from the same distribution (the multivariate hypergeometric one), in time that
    grows with the number of values alone.
    """
    pooled, split = pair.joint.reference + pair.joint.current, pair.reference.usable
    few = pooled.sum() <= max(ROWS_PERMUTED, _ROWS_PER_VALUE * len(pooled))
    distances = _permuted(_codes(pair), pooled, split) if few else _drawn(pooled, split)
    return float(np.mean(distances >= _gaps(pair.joint.reference, pooled, split).sum() - TIE))


def _permuted(codes: Counts, pooled: Counts, split: int) -> Floats:
    """Distances of random orders of the rows."""
    draw = np.random.RandomState(SEED)
    parts = (codes[draw.permutation(len(codes))[:split]] for _ in range(SPLITS))
    return np.array([_gaps(np.bincount(part, minlength=len(pooled)), pooled, split).sum() for part in parts])


def _drawn(pooled: Counts, split: int) -> Floats:
    """The same without rows: value by value, how many of its rows fall into what is left of the reference's part."""
    draw = np.random.RandomState(SEED)  # numpy promises that what it draws stays the same
    distances, left, others = np.zeros(SPLITS), np.full(SPLITS, split), int(pooled.sum())
    for rows in pooled.tolist():
        others -= rows
        counts = np.zeros(SPLITS, np.int64)
        counts[left > 0] = draw.hypergeometric(rows, others, left[left > 0])
        distances += _gaps(counts, np.array(rows), split, others=int(pooled.sum()) - split)
        left -= counts
    return distances


def _codes(pair: ColumnPair) -> Counts:
    keys = pair.joint.keys
    values = [side.row_values.cast(keys.type) for side in (pair.reference, pair.current)]
    codes: Counts = pc.index_in(pa.concat_arrays(values), keys).to_numpy()
    return codes


def _gaps(part: Counts, pooled: Counts, split: int, others: int | None = None) -> Floats:
    """What each value adds to the distance of a part of so many rows from the others."""
    others = int(pooled.sum()) - split if others is None else others
    gaps: Floats = 0.5 * np.abs(part / split - (pooled - part) / others)
    return gaps


TVD = DriftTest(
    name="tvd",
    evidently_name="TVD",
    title="Total variation distance p-value",
    semantics="Share of random splits of the pooled rows that differ at least as much as reference and batch.",
    kinds=CATEGORICAL,
    threshold=0.1,
    drifted_when=DriftedWhen.BELOW,
    score=tvd_score,
)
