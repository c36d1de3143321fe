"""Total variation distance, judged by a seeded permutation test."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.counts import Counts
from streams.core.reports.drift.declaration import CATEGORICAL, DriftedWhen, DriftTest

PERMUTATIONS: Final = 1000
SEED: Final = 0
TIE: Final = 1e-12


def tvd_score(pair: ColumnPair) -> float:
    """Share of 1,000 permutations (seed 0) with a distance at least as large as the observed one.

    The only score that depends on the order of rows, because the permutations are Evidently's.
    """
    rows = _codes(pair)
    pooled = pair.joint.reference + pair.joint.current
    observed = _distance(pair.joint.reference, pooled)
    draw = np.random.RandomState(SEED)
    split = pair.reference.usable
    drawn = (np.bincount(rows[draw.permutation(len(rows))[:split]], minlength=len(pooled)) for _ in range(PERMUTATIONS))
    return sum(_distance(reference, pooled) >= observed - TIE for reference in drawn) / PERMUTATIONS


def _codes(pair: ColumnPair) -> Counts:
    values = pa.concat_arrays([pair.reference.row_values, pair.current.row_values])
    codes: Counts = pc.index_in(values, pair.joint.keys).to_numpy()
    return codes


def _distance(reference: Counts, pooled: Counts) -> float:
    current = pooled - reference
    return 0.5 * float(np.abs(reference / reference.sum() - current / current.sum()).sum())


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
