"""Mann-Whitney U: whether the batch's values tend to be larger."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest


def mann_whitney_score(pair: ColumnPair) -> float:
    """One-sided p-value (alternative "less", as in Evidently): only a shift upward is drift."""
    result = scipy.stats.mannwhitneyu(*pair.numbers, alternative="less")
    return float(result.pvalue)


MANN_WHITNEY = DriftTest(
    name="mann_whitney",
    evidently_name="mannw",
    title="Mann-Whitney p-value",
    semantics="Probability of ranks at least this much higher in the batch by chance; blind to shifts downward.",
    kinds=NUMERIC,
    threshold=0.05,
    drifted_when=DriftedWhen.BELOW,
    score=mann_whitney_score,
)
