"""Population stability index."""

import numpy as np

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC_AND_CATEGORICAL, DriftedWhen, DriftTest
from streams.core.reports.drift.shares import binned_shares, without_zeros


def psi_score(pair: ColumnPair) -> float:
    """Sum over bins of (r - c) ln(r / c), empty bins filled with a small share."""
    reference, current = (without_zeros(shares) for shares in binned_shares(pair))
    return float(np.sum((reference - current) * np.log(reference / current)))


PSI = DriftTest(
    name="psi",
    evidently_name="psi",
    title="Population stability index",
    semantics="Symmetric divergence of binned shares: below 0.1 stable, above 0.2 usually a large change.",
    kinds=NUMERIC_AND_CATEGORICAL,
    threshold=0.1,
    drifted_when=DriftedWhen.AT_LEAST,
    score=psi_score,
)
