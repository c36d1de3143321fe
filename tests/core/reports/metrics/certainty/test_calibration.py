import pytest

from tests.core.reports.concept_rows import concept_batch, concept_entry
from tests.core.reports.scopes import entry_of


def test_confidence_is_held_against_accuracy_bin_by_bin() -> None:
    rows = {"target": [1, 0, 1, 0], "prediction": [1, 1, 1, 0], "probability": [0.9, 0.9, 0.7, 0.3]}
    entry = entry_of({"name": "calibration", "parameters": {"bins": 2}}, rows)
    assert entry.current == {
        "rows": 4,
        "error": pytest.approx(abs((0.9 + 0.9 + 0.7 + 0.7) / 4 - 0.75)),
        "largest_error": pytest.approx(0.05),
        "brier": pytest.approx((0.01 + 0.81 + 0.09 + 0.09) / 4),
        "counts": [0, 4],
        "confidence": [None, pytest.approx(0.8)],
        "accuracy": [None, 0.75],
    }


def test_a_model_that_is_as_often_right_as_it_says_has_no_error() -> None:
    rows = concept_batch([{"cat": 0.75, "dog": 0.25}] * 4, ["cat", "cat", "cat", "dog"])
    entry = concept_entry("calibration", rows)
    assert entry.current is not None
    assert entry.current["error"] == 0.0


def test_certainty_itself_is_in_the_last_bin() -> None:
    entry = entry_of("calibration", {"target": [1], "prediction": [1], "probability": [1.0]})
    assert entry.current is not None
    assert entry.current["counts"] == [0] * 9 + [1]
