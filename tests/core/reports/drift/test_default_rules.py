import pytest

from streams.core.reports.drift.default_rules import default_test
from streams.core.reports.kinds import Kind
from tests.core.reports.columns import categorical, normal, numeric, pair
from tests.core.reports.evidently_cases import Case, all_cases


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in all_cases()])
def test_the_default_is_evidentlys_choice(case: Case) -> None:
    assert default_test(case.pair()).evidently_name == case.default


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in all_cases()])
def test_the_default_scores_and_decides_as_evidentlys(case: Case) -> None:
    case.check(default_test(case.pair()))


def test_a_thousand_usable_rows_are_few_and_one_more_is_many() -> None:
    assert default_test(numeric([*normal(1000), float("nan")], normal(20))).name == "ks"
    assert default_test(numeric(normal(1001), normal(20))).name == "wasserstein"


def test_five_numbers_on_both_sides_together_are_compared_value_by_value() -> None:
    assert default_test(numeric([1.0, 2.0, 3.0], [3.0, 4.0, 5.0])).name == "chi_square"
    assert default_test(numeric([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])).name == "ks"


def test_two_categories_get_the_z_test_and_a_third_only_in_the_batch_chi_square() -> None:
    assert default_test(categorical(["a", "b"], ["a"])).name == "z"
    assert default_test(categorical(["a", "b"], ["c"])).name == "chi_square"


def test_text_has_no_default_and_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="no default drift test for text columns: name one, or exclude"):
        default_test(pair(["a b"], ["c d"], Kind.TEXT))
