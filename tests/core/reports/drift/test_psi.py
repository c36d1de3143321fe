import math

import pytest

from streams.core.reports.drift.psi import PSI
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("psi"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(PSI)


def test_equal_shares_score_zero() -> None:
    assert PSI.measure(categorical(["a", "b"] * 50, ["b", "a"] * 5)) == 0.0


def test_an_empty_bin_counts_as_a_ten_thousandth() -> None:
    score = PSI.measure(categorical(["a"] * 50 + ["b"] * 50, ["a"] * 100))
    assert score == pytest.approx((0.5 - 1) * math.log(0.5) + (0.5 - 0.0001) * math.log(0.5 / 0.0001))
