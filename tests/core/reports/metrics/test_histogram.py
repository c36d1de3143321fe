import numpy as np
import pytest

from tests.core.reports.columns import normal
from tests.core.reports.scopes import entry_of


def test_both_sides_are_counted_in_the_same_bins_over_the_range_of_both() -> None:
    metric = {"name": "histogram", "parameters": {"bins": 4}}
    current, reference = normal(100), normal(50, mean=3, seed=1)
    entry = entry_of(metric, {"x": current}, {"x": reference})
    assert entry.current is not None
    assert entry.reference is not None
    edges = np.linspace(min(current + reference), max(current + reference), 5)
    assert entry.current["edges"] == entry.reference["edges"] == edges.tolist()
    assert entry.current["counts"] == np.histogram(current, edges)[0].tolist()
    assert sum(entry.reference["counts"]) == 50


@pytest.mark.parametrize(
    ("highest", "edges", "counts"),
    [(12, [0.5, 3.5, 6.5, 9.5, 12.5], [3, 3, 3, 3]), (13, [0.5, 3.5, 6.5, 9.5, 12.5, 13.5], [3, 3, 3, 3, 1])],
)
def test_bins_of_whole_numbers_are_whole_numbers_wide(highest: int, edges: list[float], counts: list[int]) -> None:
    metric = {"name": "histogram", "parameters": {"bins": 5}}
    current = entry_of(metric, {"x": list(range(1, highest + 1))}).current
    assert current == {"edges": edges, "counts": counts}


def test_few_numbers_are_counted_value_by_value_in_ascending_order() -> None:
    entry = entry_of("histogram", {"x": [2.5, 0.5, 2.5]}, {"x": [1.5]})
    assert entry.current == {"labels": ["0.5", "1.5", "2.5"], "counts": [1, 0, 2], "other": 0}
    assert entry.reference == {"labels": ["0.5", "1.5", "2.5"], "counts": [0, 1, 0], "other": 0}


def test_the_most_common_categories_of_both_sides_are_listed_and_the_rest_counted_together() -> None:
    metric = {"name": "histogram", "parameters": {"categories": 2}}
    entry = entry_of(metric, {"x": ["a", "b", "b", "c", None]}, {"x": ["a", "a", "d", "d", "d", "d"]})
    assert entry.current == {"labels": ["d", "a"], "counts": [0, 1], "other": 3}
    assert entry.reference == {"labels": ["d", "a"], "counts": [4, 2], "other": 0}


def test_a_column_without_values_has_nothing_to_count() -> None:
    current = entry_of("histogram", {"x": [float("nan")]}).current
    assert current == {"labels": [], "counts": [], "other": 0}


def test_integers_that_are_categories_stay_in_ascending_order() -> None:
    assert entry_of("histogram", {"x": [3, 3, 1, 3]}).current == {"labels": ["1", "3"], "counts": [1, 3], "other": 0}
