"""Numbers that are no probabilities, and truths that are none."""

from typing import Any

import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.reports.results import Entry
from tests.core.reports.columns import dataset
from tests.core.reports.concept_rows import concept_batch

TRUTH = [1, 0, 1, 0]
NEED_PROBABILITIES = ("log_loss", "roc_auc", "calibration", "confidence_distribution", "estimated_quality")


def _entries(columns: dict[str, Any], *metrics: str, **model: Any) -> dict[str, Entry]:
    config = ReportConfig.model_validate({"metrics": list(metrics), "model": model})
    return {entry.metric: entry for entry in compute_report(dataset(**columns), None, config).entries}


@pytest.mark.parametrize(
    ("likely", "shown"),
    [
        ([90.0, 20.0, 80.0, 10.0], "4 values outside 0 to 1: 10, 20, 80, ..."),
        ([0.9, 0.2, 1.5, 0.1], "1 values outside 0 to 1: 1.5"),
        ([0.9, -0.2, 0.5, 0.1], "1 values outside 0 to 1: -0.2"),
        ([0.9, float("inf"), 0.5, 0.1], "1 values outside 0 to 1: inf"),
    ],
)
@pytest.mark.parametrize("metric", NEED_PROBABILITIES)
def test_values_outside_0_to_1_are_an_error_that_names_the_column_and_them(
    metric: str, likely: list[float], shown: str
) -> None:
    entry = _entries({"target": TRUTH, "prediction": TRUTH, "probability": likely}, metric)[metric]
    assert entry.error is not None
    assert entry.error.startswith(
        f"column 'probability' has {shown}; these are no probabilities: set probability_scale"
    )


def test_they_cost_only_what_needs_them() -> None:
    found = _entries({"target": TRUTH, "prediction": TRUTH, "probability": [90.0, 20.0, 80.0, 10.0]}, "classification")
    assert found["accuracy"].current == {"value": 1.0}
    assert {name for name, entry in found.items() if entry.error} == {"roc_auc", "log_loss"}


def test_without_a_prediction_they_cost_everything_for_they_decide() -> None:
    error = _entries({"target": TRUTH, "probability": [90.0, 20.0, 80.0, 10.0]}, "accuracy")["accuracy"].error
    assert error is not None
    assert error.startswith("column 'probability' has 4 values outside")


@pytest.mark.parametrize("metric", NEED_PROBABILITIES)
def test_percentages_that_are_configured_are_the_same_as_shares(metric: str) -> None:
    columns = {"target": TRUTH, "prediction": TRUTH}
    shares = _entries({**columns, "probability": [0.5, 0.25, 0.75, 1.0]}, metric)
    percent = _entries({**columns, "probability": [50, 25, 75, 100]}, metric, probability_scale="percent")
    assert percent[metric].current == shares[metric].current


def test_a_float_that_rounding_put_beside_1_is_1() -> None:
    assert (
        _entries({"target": TRUTH, "probability": [1.0000001, 0.0, 1.0, -1e-9]}, "log_loss")["log_loss"].error is None
    )


@pytest.mark.parametrize("metric", ["confidence_distribution", "concept_coverage", "estimated_quality"])
def test_values_of_concepts_are_probabilities_too(metric: str) -> None:
    rows = concept_batch([{"cat": 90.0}, {"dog": 0.4}])
    config = ReportConfig.model_validate({"metrics": [metric]})
    (entry,) = compute_report(rows, None, config).entries
    assert entry.error is not None
    assert entry.error.startswith("the value of concepts has 1 values outside 0 to 1: 90;")


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_truth_is_no_label_and_counted_as_left_out(blank: str) -> None:
    columns = {"target": ["a", blank, "b", "a"], "prediction": ["a", "a", "b", "b"]}
    found = _entries(columns, "confusion_matrix", "accuracy")
    assert found["confusion_matrix"].current == {"labels": ["a", "b"], "counts": [[1, 1], [0, 1]], "left_out": 1}
    assert found["accuracy"].current == {"value": 2 / 3}
