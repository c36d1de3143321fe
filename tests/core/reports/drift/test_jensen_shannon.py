import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.reports.drift.jensen_shannon import JENSEN_SHANNON
from tests.core.reports.columns import categorical, normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("jensenshannon"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(JENSEN_SHANNON)


def test_distributions_without_a_common_value_score_the_root_of_ln_2() -> None:
    assert JENSEN_SHANNON.measure(categorical(["a"] * 9, ["b"] * 5)) == pytest.approx(math.log(2) ** 0.5)


def test_equal_distributions_score_zero() -> None:
    assert JENSEN_SHANNON.measure(numeric(normal(500), normal(500))) == 0.0


def test_both_directions_score_the_same() -> None:
    one, other = normal(300), normal(200, mean=1, seed=1)
    there, back = JENSEN_SHANNON.measure(numeric(one, other)), JENSEN_SHANNON.measure(numeric(other, one))
    assert there == pytest.approx(back)


@given(st.lists(st.sampled_from("abc"), min_size=1), st.lists(st.sampled_from("abc"), min_size=1))
def test_the_score_is_always_a_number_between_zero_and_the_root_of_ln_2(one: list[str], other: list[str]) -> None:
    assert 0 <= JENSEN_SHANNON.measure(categorical(one, other)) <= math.log(2) ** 0.5 + 1e-12
