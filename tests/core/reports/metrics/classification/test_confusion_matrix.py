from tests.core.reports.scopes import entry_of


def test_rows_are_counted_by_true_and_predicted_label() -> None:
    rows = {"target": ["a", "a", "b", "c"], "prediction": ["a", "b", "b", "b"]}
    entry = entry_of("confusion_matrix", rows, {"target": ["a"], "prediction": ["a"]})
    assert entry.current == {"labels": ["a", "b", "c"], "counts": [[1, 1, 0], [0, 1, 0], [0, 1, 0]]}
    assert entry.reference == {"labels": ["a"], "counts": [[1]]}


def test_two_labels_have_two_rows_even_where_one_does_not_occur() -> None:
    entry = entry_of("confusion_matrix", {"target": [0, 0], "prediction": [0, 0]})
    assert entry.current == {"labels": ["0", "1"], "counts": [[2, 0], [0, 0]]}
