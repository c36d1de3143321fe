from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "column_count")["count"] == theirs("untidy", "ColumnCount")


def test_columns_are_counted_by_kind_too() -> None:
    entry = entry_of("column_count", {"a": [0.5, 1.5], "b": ["x", "x"], "c": [None, None]})
    kinds = {"numeric": 1, "categorical": 1, "text": 0, "datetime": 0, "other": 1}
    assert entry.current == {"count": 3} | kinds
