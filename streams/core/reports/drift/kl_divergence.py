"""Kullback-Leibler divergence of binned shares."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC_AND_CATEGORICAL, DriftedWhen, DriftTest
from streams.core.reports.drift.shares import binned_shares, without_zeros


def kl_divergence_score(pair: ColumnPair) -> float:
    """Divergence of the reference from the batch, natural logarithm, empty bins filled with a small share."""
    reference, current = (without_zeros(shares) for shares in binned_shares(pair))
    return float(scipy.stats.entropy(reference, current))


KL_DIVERGENCE = DriftTest(
    name="kl_divergence",
    evidently_name="kl_div",
    title="Kullback-Leibler divergence",
    semantics="Information lost when the batch's shares stand for the reference's: 0 where equal, no upper bound.",
    kinds=NUMERIC_AND_CATEGORICAL,
    threshold=0.1,
    drifted_when=DriftedWhen.AT_LEAST,
    score=kl_divergence_score,
)
