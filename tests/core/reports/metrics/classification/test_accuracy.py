from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("accuracy", "Accuracy")


def test_rows_without_target_or_prediction_are_left_out() -> None:
    entry = entry_of("accuracy", {"target": [1, 0, None, 1], "prediction": [1, 0, 1, None]})
    assert entry.current == {"value": 1.0}


def test_labels_are_the_same_whether_numbers_or_truth_are_written_in_full() -> None:
    entry = entry_of("accuracy", {"target": [1, 0, 2, 2], "prediction": [1.0, 0.0, 2.0, 1.0]})
    assert entry.current == {"value": 0.75}


def test_without_a_target_and_a_prediction_the_reason_names_the_column_and_the_remedy() -> None:
    entry = entry_of("accuracy", {"amount": [1, 0]})
    assert entry.error == "there is no column 'target': name the one of the target in the report's model"


def test_a_reference_without_a_target_costs_only_its_own_value() -> None:
    entry = entry_of("accuracy", {"target": [1, 0], "prediction": [1, 0]}, {"prediction": [1, 0]})
    assert (entry.current, entry.reference) == ({"value": 1.0}, None)


def test_numbers_that_are_no_labels_are_refused() -> None:
    numbers = [number + 0.5 for number in range(1001)]
    entry = entry_of("accuracy", {"target": numbers, "prediction": numbers})
    assert entry.error is not None
    assert "has 1001 different values, more than 1000 labels" in entry.error
