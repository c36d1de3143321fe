from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("f1", "F1Score")


def test_without_positive_rows_and_answers_it_is_zero() -> None:
    assert entry_of("f1", {"target": [0, 0], "prediction": [0, 0]}).current == {"value": 0.0}
