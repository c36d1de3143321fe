"""Student's t test of two means."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest


def t_test_score(pair: ColumnPair) -> float:
    """Two-sided p-value, equal variances assumed."""
    return float(scipy.stats.ttest_ind(*pair.numbers).pvalue)


T_TEST = DriftTest(
    name="t_test",
    evidently_name="t_test",
    title="t-test p-value",
    semantics="Probability of two means at least this far apart by chance.",
    kinds=NUMERIC,
    threshold=0.05,
    drifted_when=DriftedWhen.BELOW,
    score=t_test_score,
)
