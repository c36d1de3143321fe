import pytest

from streams.core.reports.drift.anderson import ANDERSON
from tests.core.reports.columns import normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("anderson"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(ANDERSON)


def test_the_score_stays_within_the_table() -> None:
    assert ANDERSON.measure(numeric(normal(100), normal(100, mean=9, seed=1))) == 0.001
    assert ANDERSON.measure(numeric(normal(100), normal(100))) == 0.25
