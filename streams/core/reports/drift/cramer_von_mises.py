"""Cramer-von Mises test of two samples."""

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest


def cramer_von_mises_score(pair: ColumnPair) -> float:
    """P-value: exact up to 20 rows a side, asymptotic above."""
    return float(scipy.stats.cramervonmises_2samp(*pair.numbers).pvalue)


CRAMER_VON_MISES = DriftTest(
    name="cramer_von_mises",
    evidently_name="cramer_von_mises",
    title="Cramer-von Mises p-value",
    semantics="Probability of a squared distance of the distribution functions at least this large by chance.",
    kinds=NUMERIC,
    threshold=0.1,
    drifted_when=DriftedWhen.AT_MOST,
    score=cramer_von_mises_score,
)
