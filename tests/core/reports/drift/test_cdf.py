import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.core.reports.drift.cdf import cdf_gap

NUMBERS = st.lists(st.integers(-50, 50), min_size=1).map(lambda numbers: np.sort(np.array(numbers, float)))


@given(NUMBERS, NUMBERS)
def test_the_gap_is_the_difference_of_the_shares_at_or_below_each_value(
    reference: np.ndarray, current: np.ndarray
) -> None:
    gap, widths = cdf_gap(reference, current)
    pooled = np.sort(np.concatenate((reference, current)))
    shares = [np.searchsorted(side, pooled[:-1], "right") / len(side) for side in (reference, current)]
    wide = widths > 0
    assert np.allclose(gap[wide], np.abs(shares[0] - shares[1])[wide], atol=1e-12)
    assert np.array_equal(widths, np.diff(pooled))
