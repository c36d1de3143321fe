import pytest

from streams.core.reports.drift.mann_whitney import MANN_WHITNEY
from tests.core.reports.columns import normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("mannw"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(MANN_WHITNEY)


def test_a_shift_upward_is_drift_and_one_downward_is_not() -> None:
    reference = normal(200)
    upward = MANN_WHITNEY.measure(numeric(reference, normal(200, mean=1, seed=1)))
    downward = MANN_WHITNEY.measure(numeric(reference, normal(200, mean=-1, seed=1)))
    assert MANN_WHITNEY.drifted(upward, MANN_WHITNEY.threshold)
    assert not MANN_WHITNEY.drifted(downward, MANN_WHITNEY.threshold)
