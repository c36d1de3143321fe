from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "almost_duplicated_columns")["count"] == theirs("untidy", "AlmostDuplicatedColumnsCount")


def test_columns_that_differ_in_too_many_rows_are_not_counted() -> None:
    names = ["x", "y"] * 50
    columns = {"a": list(range(100)), "b": [*range(95), *[0] * 5], "c": [*range(94), *[0] * 6], "d": names, "e": names}
    assert entry_of("almost_duplicated_columns", columns).current == {"count": 3}


def test_the_share_can_be_chosen_and_differences_may_come_first() -> None:
    columns = {"a": list(range(100)), "b": [*[-1] * 30, *range(30, 100)]}
    metric = {"name": "almost_duplicated_columns", "parameters": {"share": 0.7}}
    assert entry_of(metric, columns).current == {"count": 1}
    assert entry_of("almost_duplicated_columns", columns).current == {"count": 0}
