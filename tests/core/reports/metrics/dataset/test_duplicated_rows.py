import math

from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    assert ours("untidy", "duplicated_rows")["count"] == theirs("untidy", "DuplicatedRowCount")


def test_missing_values_are_alike_and_an_empty_table_has_none() -> None:
    assert entry_of("duplicated_rows", {"x": [math.nan, None, 1.0], "y": [None, None, "a"]}).current == {"count": 1}
    assert entry_of("duplicated_rows", {}).current == {"count": 0}
