from tests.core.reports.scopes import entry_of


def test_rows_are_counted_on_both_sides_missing_values_or_not() -> None:
    entry = entry_of("row_count", {"x": [1, None, 3]}, {"x": [1, 2]})
    assert (entry.current, entry.reference) == ({"rows": 3}, {"rows": 2})


def test_without_a_reference_only_the_batch_is_counted() -> None:
    assert entry_of("row_count", {"x": []}).reference is None
