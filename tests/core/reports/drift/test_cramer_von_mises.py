import pytest

from streams.core.reports.drift.cramer_von_mises import CRAMER_VON_MISES
from tests.core.reports.columns import normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("cramer_von_mises"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(CRAMER_VON_MISES)


def test_equal_samples_score_one() -> None:
    assert CRAMER_VON_MISES.measure(numeric(normal(100), normal(100))) == pytest.approx(1.0)


def test_a_score_equal_to_the_threshold_is_drift() -> None:
    assert CRAMER_VON_MISES.drifted(0.1, 0.1)
