import math

import pytest

from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("mean_error", "MeanError")


def test_two_rows_of_which_one_is_wrong() -> None:
    entry = entry_of("mean_error", {"target": [1.0, 2.0], "prediction": [2.0, 2.0]})
    assert entry.current == {"mean": 0.5, "std": pytest.approx(2**0.5 * 0.5)}


def test_rows_that_lack_a_number_are_left_out_and_at_least_one_must_be_whole() -> None:
    entry = entry_of("mean_error", {"target": [1.0, None, math.inf], "prediction": [None, 1.0, 1.0]})
    assert entry.error == "no row has both a 'target' and a prediction"
