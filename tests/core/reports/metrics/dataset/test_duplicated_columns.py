from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "duplicated_columns")["count"] == theirs("untidy", "DuplicatedColumnsCount")


def test_pairs_are_counted_and_types_told_apart() -> None:
    columns = {"a": [1, 2, None], "b": [1, 2, None], "c": [1, 2, None], "d": [1.0, 2.0, None], "e": ["x", "y", None]}
    assert entry_of("duplicated_columns", columns).current == {"count": 3}


def test_columns_with_the_same_values_in_other_rows_are_not_the_same() -> None:
    columns = {"a": [1, 3, 2], "b": [1, 2, 3], "c": ["x", "y", "x"], "d": ["x", "x", "y"]}
    assert entry_of("duplicated_columns", columns).current == {"count": 0}
