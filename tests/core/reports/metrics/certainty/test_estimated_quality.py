from typing import Any

import numpy as np
import pytest

from tests.core.reports.concept_rows import concept_batch, concept_entry
from tests.core.reports.scopes import entry_of


def _truthful(seed: int, rows: int, low: float = 0.0) -> dict[str, Any]:
    """Rows whose probability is that of being positive, from ``low`` on."""
    draw = np.random.default_rng(seed)
    likely = low + (1 - low) * draw.random(rows)
    return {"target": (draw.random(rows) < likely) * 1, "prediction": (likely >= 0.5) * 1, "probability": likely}


def _estimated(rows: dict[str, Any], reference: dict[str, Any] | None = None) -> dict[str, Any]:
    unlabelled = {name: values for name, values in rows.items() if name != "target"}
    entry = entry_of("estimated_quality", unlabelled, reference)
    assert entry.current is not None, entry.error
    return entry.current


def _measured(metric: str, rows: dict[str, Any]) -> float:
    entry = entry_of(metric, rows)
    assert entry.current is not None
    return float(entry.current["value"])


def test_without_labels_each_probability_counts_as_a_part_of_a_row() -> None:
    found = _estimated({"prediction": [1, 1, 0], "probability": [0.9, 0.8, 0.3]})
    pairs = 0.9 * (0.2 + 0.7) + 0.8 * 0.7 + (0.9 * 0.1 + 0.8 * 0.2 + 0.3 * 0.7) / 2
    assert found == {
        "rows": 3,
        "calibrated": False,
        "accuracy": pytest.approx((0.9 + 0.8 + 0.7) / 3),
        "precision": pytest.approx(1.7 / 2),
        "recall": pytest.approx(1.7 / 2.0),
        "f1": pytest.approx(0.85),
        "roc_auc": pytest.approx(pairs / (2.0 * 1.0)),
    }


@pytest.mark.parametrize("metric", ["accuracy", "precision", "recall", "f1", "roc_auc"])
@pytest.mark.parametrize("low", [0.0, 0.4])
def test_truthful_probabilities_give_what_labels_will_show(metric: str, low: float) -> None:
    rows = _truthful(1, 20_000, low)
    assert _estimated(rows)[metric] == pytest.approx(_measured(metric, rows), abs=0.015)


def test_a_reference_with_labels_corrects_probabilities_that_say_too_much() -> None:
    boastful = [_truthful(seed, 20_000) for seed in (1, 2)]
    for rows in boastful:
        rows["probability"] = np.where(rows["probability"] >= 0.5, 0.99, 0.01)
    reference, batch = boastful
    alone, corrected = _estimated(batch), _estimated(batch, reference)
    assert alone["accuracy"] == pytest.approx(0.99)
    assert corrected["calibrated"]
    assert corrected["accuracy"] == pytest.approx(_measured("accuracy", batch), abs=0.015)


def test_beside_the_estimate_stands_what_was_measured_on_the_reference() -> None:
    reference = _truthful(3, 500)
    entry = entry_of("estimated_quality", _truthful(4, 100), reference)
    assert entry.reference is not None
    assert entry.reference["accuracy"] == _measured("accuracy", reference)
    assert entry.reference["roc_auc"] == _measured("roc_auc", reference)


def test_concepts_are_expected_to_be_right_as_often_as_they_say() -> None:
    rows = concept_batch([{"cat": 0.8, "dog": 0.2}, {"owl": 0.6, "cat": 0.4}, None])
    entry = concept_entry("estimated_quality", rows)
    assert entry.current is not None
    assert entry.current["accuracy"] == pytest.approx(1.4 / 2)
    assert entry.current["roc_auc"] is None


def test_concepts_are_calibrated_label_by_label() -> None:
    reference = concept_batch([{"cat": 0.8, "dog": 0.15, "owl": 0.05}] * 4, ["cat", "cat", "dog", "owl"])
    entry = concept_entry("estimated_quality", concept_batch([{"cat": 0.8, "dog": 0.15, "owl": 0.05}]), reference)
    assert entry.current is not None
    assert entry.current["accuracy"] == pytest.approx(0.5)


def test_without_probabilities_it_says_what_to_do() -> None:
    entry = entry_of("estimated_quality", {"prediction": [1, 0]})
    assert (
        entry.error == "the rows have no probabilities, or of too many labels: name their columns in the report's model"
    )
