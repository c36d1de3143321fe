import math
from typing import Any

from tests.core.reports.scopes import entry_of


def counted(count: int, share: float, infinite: int = 0) -> dict[str, Any]:
    return {"count": count, "share": share, "infinite": infinite, "unreadable": 0}


def test_null_and_nan_are_missing_and_infinity_is_counted_beside() -> None:
    entry = entry_of("missing_values", {"x": [1.0, None, math.nan, math.inf]}, {"x": [1.0, 2.0, 3.0]})
    assert entry.current == counted(2, 0.5, infinite=1)
    assert entry.reference == counted(0, 0.0)


def test_an_empty_string_is_a_value() -> None:
    assert entry_of("missing_values", {"x": ["", None, "a"]}).current == {
        "count": 1,
        "share": 1 / 3,
        "infinite": 0,
        "unreadable": 0,
    }


def test_columns_that_no_other_metric_reads_are_counted_too() -> None:
    assert entry_of("missing_values", {"x": [[1], None]}).current == {
        "count": 1,
        "share": 0.5,
        "infinite": 0,
        "unreadable": 0,
    }


def test_a_column_without_any_value_is_all_missing() -> None:
    assert entry_of("missing_values", {"x": [None, None]}).current == {
        "count": 2,
        "share": 1.0,
        "infinite": 0,
        "unreadable": 0,
    }


def test_no_rows_miss_nothing() -> None:
    assert entry_of("missing_values", {"x": []}).current == counted(0, 0.0)
