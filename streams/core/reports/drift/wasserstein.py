"""Wasserstein (earth mover's) distance in standard deviations of the reference."""

from typing import Final

import numpy as np

from streams.core.reports.comparison import ColumnPair
from streams.core.reports.drift.cdf import cdf_gap
from streams.core.reports.drift.declaration import NUMERIC, DriftedWhen, DriftTest

SMALLEST_NORM: Final = 0.001


def wasserstein_score(pair: ColumnPair) -> float:
    """First Wasserstein distance, divided by the reference's standard deviation (ddof 0, at least 0.001)."""
    difference, widths = cdf_gap(*pair.numbers)
    return float(np.sum(difference * widths)) / max(float(np.std(pair.numbers[0])), SMALLEST_NORM)


WASSERSTEIN = DriftTest(
    name="wasserstein",
    evidently_name="wasserstein",
    title="Wasserstein distance (normed)",
    semantics="How far the mass has to move, in standard deviations of the reference.",
    kinds=NUMERIC,
    threshold=0.1,
    drifted_when=DriftedWhen.AT_LEAST,
    score=wasserstein_score,
)
