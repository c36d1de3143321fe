import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from streams.core.reports.drift.energy_distance import ENERGY_DISTANCE
from tests.core.reports.columns import numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("ed"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(ENERGY_DISTANCE)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_distance_is_scipys(reference: list[float], current: list[float]) -> None:
    expected = stats.energy_distance(reference, current)
    assert ENERGY_DISTANCE.measure(numeric(reference, current)) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_a_score_equal_to_the_threshold_is_no_drift() -> None:
    assert not ENERGY_DISTANCE.drifted(0.1, 0.1)
