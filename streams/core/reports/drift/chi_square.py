"""Pearson's chi-square test of category counts against those of the reference."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import CATEGORICAL, DriftedWhen, DriftTest


def chi_square_score(pair: ColumnPair) -> float:
    """P-value with the reference's counts, scaled to the size of the batch, as expected counts.

    A value that the reference does not have gives 0.
    """
    expected = pair.joint.reference * (pair.current.usable / pair.reference.usable)
    return float(scipy.stats.chisquare(pair.joint.current, expected).pvalue)


CHI_SQUARE = DriftTest(
    name="chi_square",
    evidently_name="chisquare",
    title="Chi-square p-value",
    semantics="Probability of category counts at least this far from the reference's shares by chance.",
    kinds=CATEGORICAL,
    threshold=0.05,
    drifted_when=DriftedWhen.BELOW,
    score=chi_square_score,
)
