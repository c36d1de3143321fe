import pytest

from streams.core.reports.drift.tvd import TVD
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("TVD"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(TVD)


def test_equal_columns_score_one() -> None:
    assert TVD.measure(categorical(["a", "b"] * 30, ["a", "b"] * 30)) == 1.0


def test_the_score_is_the_same_every_time() -> None:
    columns = (["a", "b", "c"] * 20, ["a", "b", "b"] * 20)
    assert TVD.measure(categorical(*columns)) == TVD.measure(categorical(*columns))
