import pytest

from streams.core.reports.drift.chi_square import CHI_SQUARE
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("chisquare"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(CHI_SQUARE)


def test_shares_equal_to_the_references_score_one_whatever_the_size() -> None:
    assert CHI_SQUARE.measure(categorical(["a", "b"] * 50, ["a", "b"] * 7)) == pytest.approx(1.0)


def test_a_category_the_reference_never_had_scores_zero() -> None:
    assert CHI_SQUARE.measure(categorical(["a", "b"] * 50, ["a", "b", "new"] * 20)) == 0.0


def test_a_score_equal_to_the_threshold_is_no_drift() -> None:
    assert not CHI_SQUARE.drifted(0.05, 0.05)
