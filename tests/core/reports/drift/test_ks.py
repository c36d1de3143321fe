import pytest

from streams.core.reports.drift.ks import KS
from tests.core.reports.columns import normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("ks"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(KS)


def test_equal_samples_score_one() -> None:
    assert KS.measure(numeric(normal(100), normal(100))) == 1.0


def test_samples_apart_score_near_zero() -> None:
    assert KS.measure(numeric(normal(100), normal(100, mean=5, seed=1))) < 1e-20


def test_a_score_equal_to_the_threshold_is_drift() -> None:
    assert KS.drifted(0.05, 0.05)
    assert not KS.drifted(0.0501, 0.05)
