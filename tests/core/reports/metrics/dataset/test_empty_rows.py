from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "empty_rows")["count"] == theirs("untidy", "EmptyRowsCount")


def test_a_table_without_columns_has_none() -> None:
    assert entry_of("empty_rows", {}).current == {"count": 0}
