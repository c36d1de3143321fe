"""Z test of two proportions, for columns of two values."""

import math

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import CATEGORICAL, DriftedWhen, DriftTest


def z_score(pair: ColumnPair) -> float:
    """Two-sided p-value for the share of rows that do not have the smallest value; pooled variance."""
    n_reference, n_current = pair.reference.usable, pair.current.usable
    reference = 1 - int(pair.joint.reference[0]) / n_reference
    current = 1 - int(pair.joint.current[0]) / n_current
    pooled = (reference * n_reference + current * n_current) / (n_reference + n_current)
    deviation = math.sqrt(pooled * (1 - pooled) * (1 / n_reference + 1 / n_current))
    return float(2 * scipy.special.ndtr(-abs(reference - current) / deviation))


Z = DriftTest(
    name="z",
    evidently_name="z",
    title="Z-test p-value",
    semantics="Probability of two shares at least this far apart by chance.",
    kinds=CATEGORICAL,
    threshold=0.05,
    drifted_when=DriftedWhen.BELOW,
    score=z_score,
)
