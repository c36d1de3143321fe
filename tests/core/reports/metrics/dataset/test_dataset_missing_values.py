import pytest

from tests.core.reports.preset_cases import ours, theirs
from tests.core.reports.scopes import entry_of


def test_it_is_evidentlys() -> None:
    found = ours("untidy", "dataset_missing_values")
    assert {key: found[key] for key in ("count", "share")} == pytest.approx(
        theirs("untidy", "DatasetMissingValueCount")
    )


def test_fields_are_rows_times_columns() -> None:
    entry = entry_of("dataset_missing_values", {"a": [1, None], "b": [None, None]})
    assert entry.current == {"count": 3, "share": 1.5, "share_of_fields": 0.75}


def test_no_rows_miss_nothing() -> None:
    entry = entry_of("dataset_missing_values", {"a": []})
    assert entry.current == {"count": 0, "share": 0.0, "share_of_fields": 0.0}
