from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "empty_columns")["count"] == theirs("untidy", "EmptyColumnsCount")


def test_the_reference_counts_its_own_columns_also_those_that_the_batch_lacks() -> None:
    entry = entry_of("empty_columns", {"a": [None, None], "b": [1, 2]}, {"b": [1, None], "gone": [None, None]})
    assert (entry.current, entry.reference) == ({"count": 1}, {"count": 1})
