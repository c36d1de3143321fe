"""What is computed of a model's quality, by the labels and by what the collector's report names."""

from typing import Any

import pyarrow as pa
import pytest

from streams.core.labels.quality import labelled_rows
from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from tests.core.labels.labels import labels_of


def rows_of(predictions: list[Any]) -> pa.Table:
    """As a batch has them."""
    count = len(predictions)
    places = {name: pa.array(range(count), pa.int64()) for name in ("partition", "offset", "index")}
    return pa.table({"id": [f"e{number}" for number in range(count)], **places, "prediction": predictions})


def metrics(predictions: list[Any], targets: list[Any], **report: Any) -> dict[str, Any]:
    labels = labels_of(*({"id": f"e{number}", "target": each} for number, each in enumerate(targets)))
    made = labelled_rows(rows_of(predictions), labels, ReportConfig.model_validate(report))
    return {each.metric: each.current for each in compute_report(made.dataset, None, made.config).entries}


def test_labels_that_are_texts_are_classified() -> None:
    found = metrics(["a", "b", "a", "b"], ["a", "b", "b"])

    assert found["accuracy"]["value"] == pytest.approx(2 / 3)
    assert "mae" not in found


def test_numbers_that_a_model_predicts_are_a_regression() -> None:
    predictions = [float(number) for number in range(20)]

    found = metrics(predictions, [number + 1.0 for number in range(10)])

    assert found["mae"]["mean"] == 1.0
    assert "accuracy" not in found


def test_few_whole_numbers_are_classes() -> None:
    assert metrics([0, 1, 1, 0], [0, 1, 0, 0])["accuracy"]["value"] == 0.75


def test_a_report_that_names_metrics_of_quality_decides_which_are_computed() -> None:
    found = metrics(["a", "b"], ["a", "a"], metrics=["data_summary", "f1", "confusion_matrix"])

    assert sorted(found) == ["confusion_matrix", "f1"]


def test_tests_of_quality_are_run_and_others_are_not() -> None:
    labels = labels_of({"id": "e0", "target": "a"}, {"id": "e1", "target": "a"})
    tests = [{"metric": "accuracy", "gte": 0.9}, {"metric": "row_count", "gt": 100}]
    made = labelled_rows(rows_of(["a", "b"]), labels, ReportConfig.model_validate({"tests": tests}))

    report = compute_report(made.dataset, None, made.config)

    assert [(each.metric, each.status.value) for each in report.tests] == [("accuracy", "fail")]


def test_a_report_names_the_column_that_the_truth_becomes() -> None:
    found = metrics(["a", "b"], ["a", "a"], model={"target": "prediction_was", "prediction": "prediction"})

    assert found["accuracy"]["value"] == 0.5


@pytest.mark.parametrize("targets", [[True, False], [1, 0], [1.0, 0.0], ["1", "0"], ["1.0", "0.0"], ["true", "false"]])
@pytest.mark.parametrize("predictions", [[True, False], [1, 0], ["1", "0"], ["1.0", "0"], ["true", "false"]])
def test_labels_that_come_later_are_those_of_the_model_however_they_are_written(
    targets: list[Any], predictions: list[Any]
) -> None:
    found = metrics(predictions * 2, targets * 2)
    assert found["accuracy"] == {"value": 1.0}
    assert found["confusion_matrix"]["counts"] == [[2, 0], [0, 2]]


def test_labels_of_several_types_are_one_label_where_they_say_one_thing() -> None:
    found = metrics([1, 1, 1, 0, 0, 0, 0.00001], [1, True, "1.0", 0, False, "0", 0.00001])
    assert found["accuracy"] == {"value": 1.0}
    assert found["confusion_matrix"]["labels"] == ["0", "0.00001", "1"]
