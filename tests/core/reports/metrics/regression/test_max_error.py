from tests.core.reports.preset_cases import check
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    check("max_error", "AbsMaxError")


def test_two_rows_of_which_one_is_wrong() -> None:
    entry = entry_of("max_error", {"target": [1.0, 2.0], "prediction": [2.0, 2.0]})
    assert entry.current == {"value": 1.0}
