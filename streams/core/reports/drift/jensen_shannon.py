"""Jensen-Shannon distance of binned shares."""

import math

import scipy

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.declaration import NUMERIC_AND_CATEGORICAL, DriftedWhen, DriftTest
from streams.core.reports.drift.shares import binned_shares


def jensen_shannon_score(pair: ColumnPair) -> float:
    """Square root of the Jensen-Shannon divergence in natural logarithm: 0 to 0.833."""
    distance = float(scipy.spatial.distance.jensenshannon(*binned_shares(pair)))
    return 0.0 if math.isnan(distance) else distance  # rounding may leave less than nothing under the root


JENSEN_SHANNON = DriftTest(
    name="jensen_shannon",
    evidently_name="jensenshannon",
    title="Jensen-Shannon distance",
    semantics="Distance of the two distributions: 0 where equal, 0.83 where they share no value.",
    kinds=NUMERIC_AND_CATEGORICAL,
    threshold=0.1,
    drifted_when=DriftedWhen.AT_LEAST,
    score=jensen_shannon_score,
)
