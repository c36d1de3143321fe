"""Energy distance."""

import math

import numpy as np

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.cdf import cdf_gap
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest


def energy_distance_score(pair: ColumnPair) -> float:
    """Root of twice the integrated squared difference of the distribution functions (unit: root of the value's)."""
    difference, widths = cdf_gap(*pair.numbers)
    return math.sqrt(2 * float(np.sum(difference**2 * widths)))


ENERGY_DISTANCE = DriftTest(
    name="energy_distance",
    evidently_name="ed",
    title="Energy distance",
    semantics="Distance of the two distributions; not normed: choose the threshold by the column's scale.",
    kinds=NUMERIC,
    threshold=0.1,
    drifted_when=DriftedWhen.ABOVE,
    score=energy_distance_score,
)
