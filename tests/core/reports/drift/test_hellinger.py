import pytest

from streams.core.reports.drift.hellinger import HELLINGER
from tests.core.reports.columns import categorical, normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("hellinger"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(HELLINGER)


def test_equal_distributions_score_zero_or_rounding() -> None:
    assert HELLINGER.measure(categorical(["a", "b", "c"] * 10, ["c", "b", "a"] * 4)) < 1e-7


def test_distributions_without_a_common_value_score_one() -> None:
    assert HELLINGER.measure(numeric(normal(50), normal(50, mean=100))) == pytest.approx(1.0)
