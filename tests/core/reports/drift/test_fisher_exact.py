import pytest

from streams.core.reports.drift.fisher_exact import FISHER_EXACT
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", [case for case in cases_of("fisher_exact") if case.id != "nothing_in_common"])
def test_score_and_decision_are_evidentlys_on_columns_of_two_values(case: Case) -> None:
    case.check(FISHER_EXACT)


def test_sides_of_different_size_are_compared() -> None:
    score = FISHER_EXACT.measure(categorical(["a"] * 8 + ["b"] * 2, ["a"] + ["b"] * 5))
    assert score == pytest.approx(0.034965034965, rel=1e-9)


def test_more_than_two_values_are_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="3 different values, not two: choose chi_square"):
        FISHER_EXACT.measure(categorical(["a", "b"], ["a", "c"]))
