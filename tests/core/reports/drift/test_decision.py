import math

import pytest

from streams.core.reports.comparison import ReportColumn
from streams.core.reports.drift.decision import decide_drift
from streams.core.reports.drift.options import DriftOptions
from streams.core.reports.kinds import Kind
from tests.core.reports.columns import column, normal


def _numbers(reference: list[float], current: list[float]) -> ReportColumn:
    return ReportColumn("x", Kind.NUMERIC, column(current), column(reference))


def test_by_default_the_rules_choose_test_and_threshold() -> None:
    decision = decide_drift(_numbers(normal(100), normal(100)), DriftOptions())
    assert (decision.test.name, decision.threshold, decision.drifted) == ("ks", 0.05, False)


def test_a_threshold_moves_the_decision_and_not_the_score() -> None:
    compared = _numbers(normal(100), normal(100, mean=0.2, seed=1))
    strict = decide_drift(compared, DriftOptions(method="wasserstein", threshold=0.01))
    lenient = decide_drift(compared, DriftOptions(method="wasserstein", threshold=9.0))
    assert strict.score == lenient.score
    assert strict.drifted
    assert not lenient.drifted


@pytest.mark.parametrize("method", ["t_test", "cramer_von_mises", "epps_singleton"])
def test_an_undefined_score_is_no_stable_column_but_one_that_could_not_be_compared(method: str) -> None:
    message = f"the score of {method} is undefined for 1 rows beside 1 of the reference: choose another drift test"
    with pytest.raises(ValueError, match=message):
        decide_drift(_numbers([1.0], [2.0]), DriftOptions(method=method))


def test_a_method_of_another_kind_is_an_error_that_names_column_and_remedy() -> None:
    compared = ReportColumn("country", Kind.CATEGORICAL, column(["a", "b"]), column(["a", "b"]))
    with pytest.raises(ValueError, match="'ks' does not apply to the categorical column 'country': choose chi_square"):
        decide_drift(compared, DriftOptions(method="ks"))


@pytest.mark.parametrize(("reference", "current", "side"), [([None], [1.0], "reference"), ([1.0], [math.inf], "batch")])
def test_a_side_without_usable_values_is_named(reference: list[float], current: list[float], side: str) -> None:
    compared = ReportColumn("x", Kind.NUMERIC, column(current), column(reference))
    with pytest.raises(ValueError, match=f"column 'x' has no value in the {side}"):
        decide_drift(compared, DriftOptions())
