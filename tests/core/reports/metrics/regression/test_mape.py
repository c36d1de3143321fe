import pytest

from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("mape", "MAPE")


def test_two_rows_of_which_one_is_wrong() -> None:
    entry = entry_of("mape", {"target": [1.0, 2.0], "prediction": [2.0, 2.0]})
    assert entry.current == {"mean": 50.0, "std": pytest.approx(2**0.5 * 0.5)}


def test_it_is_by_the_size_of_the_true_number_and_one_hundred_per_cent_of_zero() -> None:
    entry = entry_of("mape", {"target": [-2.0, 0.0], "prediction": [-3.0, 5.0]})
    assert entry.current is not None
    assert entry.current["mean"] == 75.0
