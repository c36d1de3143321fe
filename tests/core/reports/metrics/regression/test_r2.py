import pytest

from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("r2", "R2Score")


def test_two_rows_of_which_one_is_wrong() -> None:
    entry = entry_of("r2", {"target": [1.0, 2.0], "prediction": [2.0, 2.0]})
    assert entry.current == {"value": pytest.approx(-1.0)}


def test_a_target_that_never_varies_has_none() -> None:
    assert entry_of("r2", {"target": [2.0, 2.0], "prediction": [2.0, 3.0]}).current == {"value": None}
