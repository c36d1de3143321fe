import math
from datetime import UTC, datetime

import pytest

from tests.core.reports.scopes import entry_of


def test_numbers_are_described_without_missing_and_infinite_ones() -> None:
    entry = entry_of("summary", {"x": [1.0, 2.0, 4.0, 4.0, None, math.inf]})
    assert entry.current == {
        "count": 4,
        "distinct": 3,
        "mean": 2.75,
        "std": pytest.approx(1.5),
        "min": 1.0,
        "max": 4.0,
    }


def test_one_number_has_no_deviation() -> None:
    current = entry_of("summary", {"x": [1.5]}).current
    assert current is not None
    assert current["std"] is None


def test_categories_are_listed_most_common_first_and_equally_common_ones_by_value() -> None:
    entry = entry_of({"name": "summary", "parameters": {"most_common": 2}}, {"x": [*list("cbabaccbac"), "d"]})
    assert entry.current == {
        "count": 11,
        "distinct": 4,
        "most_common": [
            {"value": "c", "count": 4, "share": 4 / 11},
            {"value": "a", "count": 3, "share": 3 / 11},
        ],
    }


def test_booleans_and_small_integers_are_categories_with_names_as_in_json() -> None:
    current = entry_of("summary", {"x": [True, False, True]}).current
    assert current is not None
    assert [value["value"] for value in current["most_common"]] == ["true", "false"]
    current = entry_of("summary", {"x": [3, 3, 12]}).current
    assert current is not None
    assert [value["value"] for value in current["most_common"]] == ["3", "12"]


def test_text_is_described_by_its_lengths_in_characters() -> None:
    entry = entry_of("summary", {"x": ["añb", "a", None]})
    assert entry.current == {"count": 2, "distinct": 2, "mean_length": 2.0, "min_length": 1, "max_length": 3}


def test_instants_are_described_by_the_first_and_the_last() -> None:
    moments = [datetime(2026, 11, 21, 10, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC), None]
    assert entry_of("summary", {"x": moments}).current == {
        "count": 2,
        "distinct": 2,
        "min": "2026-11-20T10:00:00.000Z",
        "max": "2026-11-21T10:00:00.000Z",
    }


@pytest.mark.parametrize("kind", ["numeric", "categorical", "text", "datetime"])
def test_a_column_without_values_has_a_count_of_zero(kind: str) -> None:
    entry = entry_of("summary", {"x": [None, None]}, columns={"kinds": {"x": kind}})
    assert entry.current is not None, entry.error
    assert entry.current["count"] == 0
