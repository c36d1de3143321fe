import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from streams.core.reports.drift.wasserstein import WASSERSTEIN
from tests.core.reports.columns import normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("wasserstein"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(WASSERSTEIN)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_distance_is_scipys_over_the_references_deviation(reference: list[float], current: list[float]) -> None:
    expected = stats.wasserstein_distance(reference, current) / max(np.std(reference), 0.001)
    assert WASSERSTEIN.measure(numeric(reference, current)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_shift_by_one_deviation_scores_one() -> None:
    sample = normal(5000)
    shifted = [value + np.std(sample) for value in sample]
    assert WASSERSTEIN.measure(numeric(sample, shifted)) == pytest.approx(1.0)


def test_a_reference_without_spread_counts_as_a_thousandth_wide() -> None:
    assert WASSERSTEIN.measure(numeric([2.5] * 50, [3.5] * 40)) == pytest.approx(1000.0)
