"""Default tests against those that Evidently's presets bring."""

import re
from typing import Any

import pytest

from streams.core.reports.metrics.table import METRICS
from streams.core.reports.testing.defaults import DEFAULTS
from streams.core.reports.testing.outcome import Outcome, Status
from tests.core.reports.preset_cases import cases, report_of

OF_DATASET = {
    "Row count in dataset": "row_count",
    "Column count in dataset": "column_count",
    "Duplicated row count in dataset": "duplicated_rows",
    "Duplicated column count in dataset": "duplicated_columns",
    "Almost constant column count in dataset (eps=0.95)": "almost_constant_columns",
    "Count of empty rows in dataset": "empty_rows",
    "Count of empty columns in dataset": "empty_columns",
    "Count of constant columns in dataset": "constant_columns",
    "Count and share of missing values in dataset": "dataset_missing_values",
    "Accuracy metric": "accuracy",
    "Precision metric": "precision",
    "Recall metric": "recall",
    "F1 score metric": "f1",
    "RocAuc metric": "roc_auc",
    "LogLoss metric": "log_loss",
    "Mean Error": "mean_error",
    "Mean Absolute Percentage Error": "mape",
    "Mean Absolute Error": "mae",
    "RMSE": "rmse",
    "R2 Score": "r2",
    "Absolute Max Error": "max_error",
    "Share of Drifted Columns": "dataset_drift",
} | {f"{rate.upper()} metric": rate for rate in ("tpr", "tnr", "fpr", "fnr")}
OF_COLUMN = {
    r"Minimal value of '(\w+)'": ("summary", "min"),
    r"Maximum value of '(\w+)'": ("summary", "max"),
    r"Mean value of '(\w+)'": ("summary", "mean"),
    r"Std value of '(\w+)'": ("summary", "std"),
    r"Quantile 0.25 of '(\w+)'": ("quantiles", "0.25"),
    r"Quantile 0.5 of '(\w+)'": ("quantiles", "0.5"),
    r"Quantile 0.75 of '(\w+)'": ("quantiles", "0.75"),
    r"Value Drift for column (\w+)": ("value_drift", "drifted"),
    r"Column '(\w+)' missing values": ("missing_values", "count"),
}
STATUS = {"SUCCESS": Status.PASS, "FAIL": Status.FAIL}

Key = tuple[str, str | None, str]


def _theirs(case: str, which: str) -> list[tuple[Key, Status, float | None, float | None]]:
    """Of two tests of a column's missing values, whose names are the same, the second is that of their share."""
    read: dict[Key, tuple[Status, float | None, float | None]] = {}
    for key, *rest in map(_read, cases()[case][which].get("tests", [])):
        read[(*key[:2], "share") if key in read else key] = (rest[0], rest[1], rest[2])
    return [(key, *rest) for key, rest in read.items()]


def _read(test: dict[str, Any]) -> tuple[Key, Status, float | None, float | None]:
    numbers = re.search(r"(?:Equal|Greater|Less) (-?[\d.]+)(?: ± ([\d.]+))?", test["name"])
    bound = (float(numbers[1]), float(numbers[2]) if numbers[2] else None) if numbers else (None, None)
    return _key(test["name"]), STATUS[test["status"]], *bound


def _key(name: str) -> Key:
    metric = OF_DATASET.get(name.split(":", maxsplit=1)[0])
    if metric is not None:
        return metric, None, "share" if metric == "dataset_drift" else METRICS[metric].main or ""
    for pattern, (of_column, field) in OF_COLUMN.items():
        found = re.match(pattern, name)
        if found:
            return of_column, found[1], field
    raise AssertionError(name)


def _ours(case: str, *, compared: bool) -> dict[Key, Outcome]:
    report = report_of(case, compared=compared, default_tests=True)
    return {(test.metric, test.column, test.field): test for test in report.tests}


@pytest.mark.parametrize("case", cases())
def test_with_a_reference_bounds_and_outcomes_are_evidentlys(case: str) -> None:
    ours, theirs = _ours(case, compared=True), _theirs(case, "compared")
    assert theirs
    checked = 0
    for key, status, bound, tolerance in theirs:
        if key[1] == "nothing" and key[0] in ("summary", "quantiles"):
            continue  # Evidently tests that NaN equals NaN, which fails; a column without values has no such entries
        found = ours.pop(key)
        assert found.status == status, found
        if key[2] != "drifted" and found.of_reference:
            assert found.expected == pytest.approx(bound, abs=0.00051)
            assert found.tolerance == pytest.approx(tolerance or 0, abs=0.00051)
        checked += 1
    assert checked
    assert ours == {}, "tests that Evidently does not bring"


# Evidently 0.7.23 compares labels that are numbers with their texts, and so expects a log loss below 0; and it holds
# errors against themselves, where it means those of a constant.
WRONG_THERE = {("binary", "log_loss")} | {
    (case, metric) for case in ("regression", "zeros", "holes") for metric in ("mape", "mae", "rmse")
}


@pytest.mark.parametrize("case", [name for name, case in cases().items() if "error" not in case["alone"]])
def test_without_a_reference_bounds_and_outcomes_are_evidentlys(case: str) -> None:
    ours, theirs = _ours(case, compared=False), _theirs(case, "alone")
    assert theirs
    for key, status, bound, _ in theirs:
        found = ours.pop(key)
        if (case, key[0]) in WRONG_THERE:
            assert found.status is Status.PASS
            continue
        assert found.status == status, found
        assert found.expected == pytest.approx(bound, abs=0.00051)
    assert ours == {}, "tests that Evidently does not bring"


def test_every_default_is_one_of_a_metric() -> None:
    assert set(DEFAULTS) <= set(METRICS)
