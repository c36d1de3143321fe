"""Epps-Singleton test of two samples: compares characteristic functions, also for discrete values."""

import numpy as np
import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest


def epps_singleton_score(pair: ColumnPair) -> float:
    """P-value, undefined under five rows. Raises ValueError where the middle half of the pooled values is one value.

    On very few distinct values the covariance has no full rank and rounding shows in the score: rows are taken
    in their order, as Evidently takes them.
    """
    reference, current = pair.row_numbers
    if scipy.stats.iqr(np.concatenate((reference, current))) == 0:
        raise ValueError("the middle half of the values is constant: choose another drift test for this column")
    return float(scipy.stats.epps_singleton_2samp(reference, current).pvalue)


EPPS_SINGLETON = DriftTest(
    name="epps_singleton",
    evidently_name="es",
    title="Epps-Singleton p-value",
    semantics="Probability of characteristic functions at least this different by chance.",
    kinds=NUMERIC,
    threshold=0.05,
    drifted_when=DriftedWhen.BELOW,
    score=epps_singleton_score,
)
