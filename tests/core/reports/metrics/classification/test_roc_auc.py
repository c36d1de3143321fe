from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("roc_auc", "RocAuc")


def test_equal_probabilities_count_half() -> None:
    rows = {"target": [1, 0], "prediction": [1, 1], "probability": [0.7, 0.7]}
    assert entry_of("roc_auc", rows).current == {"value": 0.5}


def test_one_label_alone_has_none() -> None:
    rows = {"target": [1, 1], "prediction": [1, 1], "probability": [0.7, 0.8]}
    assert entry_of("roc_auc", rows).current == {"value": None}


def test_asked_for_without_probabilities_it_says_what_to_do() -> None:
    entry = entry_of("roc_auc", {"target": [1, 0], "prediction": [1, 0]})
    assert (
        entry.error == "the rows have no probabilities, or of too many labels: name their columns in the report's model"
    )
