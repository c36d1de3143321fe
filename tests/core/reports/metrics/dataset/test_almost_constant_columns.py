from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "almost_constant_columns")["count"] == theirs("untidy", "AlmostConstantColumnsCount")


def test_the_most_common_value_counts_wherever_it_lies_among_the_others() -> None:
    low, high = [1] * 96 + [2, 3, 4, 5], [9] * 96 + [2, 3, 4, 5]
    columns = {"a": low, "b": high, "c": ["x"] * 96 + ["y"] * 4, "d": [1] * 94 + [2] * 6, "e": [None] * 100}
    assert entry_of("almost_constant_columns", columns).current == {"count": 3}


def test_missing_rows_count_against_a_column() -> None:
    assert entry_of("almost_constant_columns", {"a": [1] * 94 + [None] * 6}).current == {"count": 0}


def test_half_of_the_rows_are_enough_where_half_is_asked_for() -> None:
    metric = {"name": "almost_constant_columns", "parameters": {"share": 0.5}}
    columns = {"a": [1, 1, 2, 3], "b": [3, 3, 1, 2], "c": [1.5, 2.5, 2.5, 3.5], "d": [1, 2, 3, 4], "e": list("abca")}
    assert entry_of(metric, columns).current == {"count": 4}
