import pytest
from pydantic import ValidationError

from streams.core.reports.drift.options import DriftOptions
from streams.core.reports.kinds import Kind


def test_a_columns_method_comes_before_its_kinds_and_that_before_the_one_for_all() -> None:
    options = DriftOptions(method="psi", numeric_method="ks", column_methods={"age": "t_test"})
    assert options.method_for("age", Kind.NUMERIC) == "t_test"
    assert options.method_for("amount", Kind.NUMERIC) == "ks"
    assert options.method_for("country", Kind.CATEGORICAL) == "psi"


def test_without_a_method_the_default_rules_choose() -> None:
    assert DriftOptions().method_for("age", Kind.NUMERIC) is None


def test_a_threshold_of_zero_counts_as_given() -> None:
    options = DriftOptions(threshold=0.3, column_thresholds={"age": 0.0}, categorical_threshold=0.2)
    assert options.threshold_for("age", Kind.NUMERIC) == 0.0
    assert options.threshold_for("country", Kind.CATEGORICAL) == 0.2
    assert options.threshold_for("amount", Kind.NUMERIC) == 0.3


def test_evidentlys_names_are_taken_and_become_ours() -> None:
    assert DriftOptions(method="jensenshannon") == DriftOptions(method="jensen_shannon")


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="unknown drift test 'kss': choose one of ks, chi_square"):
        DriftOptions(method="kss")


def test_a_method_that_never_applies_to_its_kind_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValidationError, match="'chi_square' does not apply to numeric columns: choose one of ks"):
        DriftOptions(numeric_method="chi_square")


@pytest.mark.parametrize("wrong", [{"share": 1.5}, {"threshold": -1}, {"thresold": 0.1}])
def test_values_out_of_range_and_unknown_fields_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        DriftOptions.model_validate(wrong)
