import pytest

from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("tnr", "TNR")


def test_it_is_a_share_of_the_rows_of_one_label() -> None:
    entry = entry_of("tnr", {"target": [1, 1, 0, 0, 1], "prediction": [1, 0, 0, 1, 1]})
    assert entry.current == {"value": pytest.approx(0.5)}


def test_without_such_rows_there_is_none() -> None:
    assert entry_of("tnr", {"target": [1, 1], "prediction": [1, 0]}).current == {"value": None}


def test_several_labels_have_none() -> None:
    entry = entry_of("tnr", {"target": ["a", "b", "c"], "prediction": ["a", "b", "c"]})
    assert entry.error == "rates of two labels need a positive one: name the positive_label in the report's model"
