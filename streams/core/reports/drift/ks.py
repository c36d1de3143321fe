"""Kolmogorov-Smirnov: the largest distance between two empirical distribution functions."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest


def ks_score(pair: ColumnPair) -> float:
    """Two-sided p-value: exact up to 10,000 rows a side, asymptotic above."""
    return float(scipy.stats.ks_2samp(*pair.numbers).pvalue)


KS = DriftTest(
    name="ks",
    evidently_name="ks",
    title="Kolmogorov-Smirnov p-value",
    semantics="Probability of a distance of the two distribution functions at least this large by chance.",
    kinds=NUMERIC,
    threshold=0.05,
    drifted_when=DriftedWhen.AT_MOST,
    score=ks_score,
)
