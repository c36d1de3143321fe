"""G test (log-likelihood ratio) of category counts against those of the reference."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import CATEGORICAL, DriftedWhen, DriftTest


def g_test_score(pair: ColumnPair) -> float:
    """P-value with the reference's counts, scaled to the size of the batch, as expected counts.

    Evidently does not scale, so that there it works for sides of equal size only.
    """
    expected = pair.joint.reference * (pair.current.usable / pair.reference.usable)
    result = scipy.stats.power_divergence(pair.joint.current, expected, lambda_="log-likelihood")
    return float(result.pvalue)


G_TEST = DriftTest(
    name="g_test",
    evidently_name="g_test",
    title="G-test p-value",
    semantics="Probability of category counts at least this unlikely under the reference's shares by chance.",
    kinds=CATEGORICAL,
    threshold=0.1,
    drifted_when=DriftedWhen.BELOW,
    score=g_test_score,
)
