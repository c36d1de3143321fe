import pytest

from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("mae", "MAE")


def test_two_rows_of_which_one_is_wrong() -> None:
    entry = entry_of("mae", {"target": [1.0, 2.0], "prediction": [2.0, 2.0]})
    assert entry.current == {"mean": 0.5, "std": pytest.approx(2**0.5 * 0.5)}


def test_one_row_has_no_deviation() -> None:
    assert entry_of("mae", {"target": [2.0], "prediction": [3.5]}).current == {"mean": 1.5, "std": None}
