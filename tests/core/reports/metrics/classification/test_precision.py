from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("precision", "Precision")


def test_where_nothing_was_predicted_positive_it_is_zero() -> None:
    assert entry_of("precision", {"target": [1, 0], "prediction": [0, 0]}).current == {"value": 0.0}


def test_of_several_labels_it_is_the_mean() -> None:
    entry = entry_of("precision", {"target": ["a", "b", "c", "c"], "prediction": ["a", "a", "c", "c"]})
    assert entry.current == {"value": (1 / 2 + 0 + 1) / 3}
