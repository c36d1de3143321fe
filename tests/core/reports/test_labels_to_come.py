"""Reports of which the truth is not known yet, or of too few rows; and of windows without rows in time."""

from typing import Any

import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report, report_without_rows
from streams.core.reports.results import Report
from streams.core.reports.testing.outcome import Status
from streams.core.reports.verdicts import Verdict
from tests.core.reports.columns import dataset

ACCURATE = {"metric": "accuracy", "gte": 0.9}
ANSWERS = ["a", "b"] * 100


def _report(columns: dict[str, Any], reference: dict[str, Any] | None = None, **config: Any) -> Report:
    compared = None if reference is None else dataset(**reference)
    return compute_report(dataset(**columns), compared, ReportConfig.model_validate(config))


@pytest.mark.parametrize(
    "columns",
    [
        {"prediction": ANSWERS},
        {"prediction": ANSWERS, "target": [None] * 200},
        {"prediction": ANSWERS, "target": ["", " "] * 100},
        {"probability": [0.5] * 200},
    ],
)
def test_metrics_that_need_the_truth_wait_for_it_where_no_row_has_it(columns: dict[str, Any]) -> None:
    report = _report(columns, metrics=["classification"], tests=[ACCURATE])
    assert report.entries == ()
    assert {"accuracy", "recall", "confusion_matrix"} <= set(report.awaits_labels)
    assert [(one.status, one.reason) for one in report.tests] == [(Status.UNDECIDED, "waits for labels")]


def test_a_reference_with_the_truth_does_not_make_a_batch_without_it_incomparable() -> None:
    reference = {"prediction": ANSWERS, "target": ANSWERS}
    report = _report({"prediction": ANSWERS}, reference, metrics=["data_drift", "model_drift", "classification"])
    assert report.verdict is Verdict.NOT_DRIFTED
    assert "target_drift" in report.awaits_labels
    assert [one for one in report.entries if one.error] == []


def test_a_regression_waits_too() -> None:
    report = _report({"prediction": [number / 7 for number in range(200)]}, metrics=["regression"])
    assert report.entries == ()
    assert "mae" in report.awaits_labels


def test_tests_on_three_labels_of_two_thousand_rows_are_undecided_and_their_values_shown() -> None:
    labelled = dataset(prediction=["a"] * 3, target=["b"] * 3)
    config = ReportConfig.model_validate({"metrics": ["classification"], "tests": [ACCURATE], "default_tests": True})
    report = compute_report(labelled, None, config, of_rows=2000)
    assert {one.status for one in report.tests} == {Status.UNDECIDED}
    assert report.tests[0].value == 0.0
    assert report.too_few_labels is not None
    assert report.too_few_labels.startswith("3 of 2,000 rows have a label by now, and tests of quality are decided fro")


@pytest.mark.parametrize(
    ("labelled", "of_rows", "model", "decided"),
    [
        (29, 2000, {}, False),
        (30, 2000, {}, True),
        (3, 3, {}, True),
        (3, 4, {}, False),
        (3, 2000, {"least_labels": 3}, True),
        (500, 2000, {"least_labelled": 0.5}, False),
        (1000, 2000, {"least_labelled": 0.5}, True),
    ],
)
def test_how_many_labels_it_takes_is_a_setting(
    labelled: int, of_rows: int, model: dict[str, Any], *, decided: bool
) -> None:
    config = ReportConfig.model_validate({"metrics": ["accuracy"], "tests": [ACCURATE], "model": model})
    rows = dataset(prediction=["a"] * labelled, target=["a"] * labelled)
    (outcome,) = compute_report(rows, None, config, of_rows=of_rows).tests
    assert (outcome.status is Status.PASS) is decided


def test_a_batch_that_has_the_truth_of_few_of_its_rows_leaves_its_tests_undecided_too() -> None:
    report = _report({"prediction": ANSWERS, "target": ["a", "b", "a", *[None] * 197]}, tests=[ACCURATE])
    assert [one.status for one in report.tests] == [Status.UNDECIDED]


def test_other_tests_are_decided_however_few_labels_there_are() -> None:
    tests = [{"metric": "row_count", "gt": 1000}, ACCURATE]
    report = _report({"prediction": ANSWERS, "target": ["a", *[None] * 199]}, tests=tests)
    assert [one.status for one in report.tests] == [Status.FAIL, Status.UNDECIDED]


def test_a_window_whose_rows_all_came_late_has_a_verdict_of_its_own_with_the_reason() -> None:
    config = ReportConfig.model_validate({"tests": [{"metric": "row_count", "gt": 10}, ACCURATE]})
    report = report_without_rows(config, None, 187)
    assert report.verdict is Verdict.NO_ROWS
    assert report.reason is not None
    assert report.reason.startswith("all 187 rows of the window came late, none in time: raise allowed_lateness")
    assert [one.status for one in report.tests] == [Status.FAIL, Status.UNDECIDED]
    assert report.config_hash == config.hash
