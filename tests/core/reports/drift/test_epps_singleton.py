import math

import pytest

from streams.core.reports.drift.epps_singleton import EPPS_SINGLETON
from tests.core.reports.columns import normal, numeric
from tests.core.reports.evidently_cases import Case, cases_of


@pytest.mark.parametrize("case", cases_of("es"))
def test_score_and_decision_are_evidentlys(case: Case) -> None:
    case.check(EPPS_SINGLETON)


def test_a_constant_middle_half_is_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="choose another drift test"):
        EPPS_SINGLETON.measure(numeric([1.0] * 20, [1.0] * 19 + [2.0]))


def test_the_score_of_under_five_rows_is_undefined() -> None:
    assert math.isnan(EPPS_SINGLETON.measure(numeric(normal(4), normal(50))))
