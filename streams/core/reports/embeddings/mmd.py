"""Maximum mean discrepancy: how far two clouds of points are apart, seen by a Gaussian kernel."""

from typing import Final

import numpy as np
import scipy

from streams.core.reports.embeddings.declaration import EmbeddingMethod
from streams.core.reports.whole_numbers import Floats

MOST_ROWS: Final = 4000
"""Rows of each side that are compared with each other; of more, as many are drawn with a fixed seed."""

_MEDIAN_OF: Final = 1000
_BLOCK: Final = 1000


def mmd_score(reference: Floats, current: Floats) -> float:
    """The unbiased estimate of the squared discrepancy (Gretton and others, 2012, equation 3), at least 0.

    The kernel's width is the median distance between the sides, of up to 1,000 rows each. NaN where a side has one row.
    """
    sides = _drawn(reference, MOST_ROWS), _drawn(current, MOST_ROWS)
    if min(map(len, sides)) < 2:  # noqa: PLR2004 - pairs need two
        return float("nan")
    theirs, ours = (_drawn(side, _MEDIAN_OF) for side in sides)
    width = float(np.median(scipy.spatial.distance.cdist(theirs, ours))) ** 2
    if width == 0:
        return 0.0
    within = sum((_kernel_sum(side, side, width) - len(side)) / (len(side) * (len(side) - 1)) for side in sides)
    between = 2 * _kernel_sum(*sides, width) / (len(sides[0]) * len(sides[1]))
    return max(within - between, 0.0)


def _kernel_sum(one: Floats, other: Floats, width: float) -> float:
    """The kernel summed over all pairs, block by block: a table of all would fill memory."""
    blocks = (one[start : start + _BLOCK] for start in range(0, len(one), _BLOCK))
    return float(
        sum(np.exp(-scipy.spatial.distance.cdist(block, other, "sqeuclidean") / width).sum() for block in blocks)
    )


def _drawn(rows: Floats, most: int) -> Floats:
    if len(rows) <= most:
        return rows
    return rows[np.random.RandomState(0).choice(len(rows), most, replace=False)]


MMD = EmbeddingMethod(
    name="mmd",
    semantics="Squared maximum mean discrepancy by a Gaussian kernel: 0 where both clouds are alike.",
    threshold=0.015,
    score=mmd_score,
)
