import pytest

from streams.core.reports.drift.g_test import G_TEST
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("g_test"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(G_TEST)


def test_sides_of_different_size_are_compared_by_their_shares() -> None:
    assert G_TEST.measure(categorical(["a", "b"] * 50, ["b", "a"] * 5)) == pytest.approx(1.0)


def test_a_category_the_reference_never_had_scores_zero() -> None:
    assert G_TEST.measure(categorical(["a", "b"] * 50, ["a", "new"] * 50)) == 0.0
