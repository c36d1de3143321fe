"""Anderson-Darling test of two samples: sensitive to the tails."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest


def anderson_score(pair: ColumnPair) -> float:
    """P-value from a table, so never below 0.001 nor above 0.25."""
    return float(scipy.stats.anderson_ksamp(pair.numbers).pvalue)


ANDERSON = DriftTest(
    name="anderson",
    evidently_name="anderson",
    title="Anderson-Darling p-value",
    semantics="Probability of distributions at least this different, tails weighted, by chance (0.001 to 0.25).",
    kinds=NUMERIC,
    threshold=0.1,
    drifted_when=DriftedWhen.BELOW,
    score=anderson_score,
)
