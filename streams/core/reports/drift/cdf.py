"""The distance between two empirical distribution functions, interval by interval."""

import numpy as np

from streams.core.reports.column import Floats


def cdf_gap(reference: Floats, current: Floats) -> tuple[Floats, Floats]:
    """Absolute difference of both distribution functions between neighbouring pooled values, and the gaps' widths.

    Both arrays ascending. A stable sort merges two sorted runs in linear time, which is several times faster
    than looking each value up in both sides as scipy does.

    Sum products with `np.sum`, not with a dot product: its rounding depends on the number of cores.
    """
    pooled = np.concatenate((reference, current))
    order = np.argsort(pooled, kind="stable")
    up, down = 1 / len(reference), 1 / len(current)
    steps = (order < len(reference)) * (up + down) - down
    gap = np.cumsum(steps, out=steps)[:-1]
    return np.abs(gap, out=gap), np.diff(pooled[order])
