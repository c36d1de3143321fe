import pytest

from tests.core.reports.evidently_cases import TOLERANCE
from tests.core.reports.preset_cases import cases, ours, theirs
from tests.core.reports.scopes import entry_of

COLUMNS = {
    "f1": "F1ByLabel",
    "precision": "PrecisionByLabel",
    "recall": "RecallByLabel",
    "roc_auc": "RocAucByLabel",
}


@pytest.mark.parametrize(("column", "evidently_name"), COLUMNS.items())
def test_each_column_is_evidentlys(column: str, evidently_name: str) -> None:
    known = [name for name in cases() if theirs(name, evidently_name) is not None]
    assert known
    for name in known:
        found = {label: values[column] for label, values in ours(name, "quality_by_label").items()}
        assert found == pytest.approx(theirs(name, evidently_name), abs=TOLERANCE, rel=TOLERANCE), name


def test_labels_come_by_number_and_say_how_many_rows_they_have() -> None:
    entry = entry_of("quality_by_label", {"target": [10, 9, 9, 100], "prediction": [10, 9, 10, 100]})
    assert entry.current is not None
    assert [(label, values["rows"]) for label, values in entry.current.items()] == [("9", 2), ("10", 1), ("100", 1)]


def test_without_probabilities_there_is_no_roc_auc() -> None:
    entry = entry_of("quality_by_label", {"target": [1, 0], "prediction": [1, 0]})
    assert entry.current == {label: {"precision": 1.0, "recall": 1.0, "f1": 1.0, "rows": 1} for label in "01"}
