import math

import pytest

from streams.core.reports.drift.kl_divergence import KL_DIVERGENCE
from tests.core.reports.columns import categorical
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("kl_div"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(KL_DIVERGENCE)


def test_equal_shares_score_zero() -> None:
    assert KL_DIVERGENCE.measure(categorical(["a", "b"] * 50, ["b", "a"] * 5)) == 0.0


def test_the_reference_is_what_diverges_from_the_batch() -> None:
    score = KL_DIVERGENCE.measure(categorical(["a"] * 90 + ["b"] * 10, ["a"] * 50 + ["b"] * 50))
    assert score == pytest.approx(0.9 * math.log(0.9 / 0.5) + 0.1 * math.log(0.1 / 0.5))
