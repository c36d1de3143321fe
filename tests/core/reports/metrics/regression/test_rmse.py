import pytest

from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("rmse", "RMSE")


def test_two_rows_of_which_one_is_wrong() -> None:
    entry = entry_of("rmse", {"target": [1.0, 2.0], "prediction": [2.0, 2.0]})
    assert entry.current == {"value": pytest.approx(0.5**0.5)}


def test_text_is_no_number() -> None:
    entry = entry_of("rmse", {"target": ["a"], "prediction": [1.0]})
    assert entry.error == "column 'target' is string, not numbers: name another in the report's model"
