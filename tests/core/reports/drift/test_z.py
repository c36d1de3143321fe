import pytest

from streams.core.reports.drift.z import Z
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("z"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(Z)


def test_the_same_single_value_on_both_sides_scores_one() -> None:
    assert Z.measure(categorical(["a"] * 10, ["a"] * 3)) == 1.0


def test_it_does_not_matter_which_of_two_values_is_counted() -> None:
    one = Z.measure(categorical(["a"] * 30 + ["b"] * 70, ["a"] * 50 + ["b"] * 50))
    other = Z.measure(categorical(["b"] * 30 + ["a"] * 70, ["b"] * 50 + ["a"] * 50))
    assert one == pytest.approx(other, abs=1e-15)
