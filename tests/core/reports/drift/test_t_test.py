import pytest

from streams.core.reports.drift.t_test import T_TEST
from tests.core.reports.columns import normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("t_test"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(T_TEST)


def test_equal_means_score_one_even_where_the_spread_differs() -> None:
    wide = [value * 3 for value in normal(100)]
    centred = [value - sum(wide) / 100 + sum(normal(100)) / 100 for value in wide]
    assert T_TEST.measure(numeric(normal(100), centred)) == pytest.approx(1.0)
