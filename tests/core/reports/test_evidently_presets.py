"""Whole reports against what Evidently's presets say about the same files."""

import json
import re
from typing import Any

import pyarrow.csv
import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.drift.table import DRIFT_TESTS
from streams.core.reports.report import compute_report
from streams.core.reports.results import Report
from tests.core.reports.evidently_cases import DATA, TOLERANCE

TITLES = {
    "K-S p_value": "ks",
    "chi-square p_value": "chi_square",
    "Z-test p_value": "z",
    "Wasserstein distance (normed)": "wasserstein",
    "Jensen-Shannon distance": "jensen_shannon",
}
KINDS = {"Numerical": "numeric", "Categorical": "categorical", "Text": "text", "Datetime": "datetime"}
COUNTS = {
    "DuplicatedRowCount": "duplicated_rows",
    "DuplicatedColumnsCount": "duplicated_columns",
    "AlmostDuplicatedColumnsCount": "almost_duplicated_columns",
    "AlmostConstantColumnsCount": "almost_constant_columns",
    "EmptyRowsCount": "empty_rows",
    "EmptyColumnsCount": "empty_columns",
    "ConstantColumnsCount": "constant_columns",
}
SUMMARY = {"MinValue": "min", "MaxValue": "max", "MeanValue": "mean", "StdValue": "std"}


def _report(preset: str) -> Report:
    return compute_report(_side(preset, "current"), _side(preset, "reference"), ReportConfig())


def _side(preset: str, side: str) -> Dataset:
    nullable = pyarrow.csv.ConvertOptions(strings_can_be_null=True)
    return Dataset(pyarrow.csv.read_csv(DATA / preset / f"{side}.csv", convert_options=nullable))


def _expected(preset: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((DATA / preset / "expected.json").read_text())
    return expected


def _current(report: Report, metric: str, column: str | None = None) -> dict[str, Any]:
    entry = report.of(metric, column)
    assert entry is not None
    assert entry.current is not None, entry.error
    return entry.current


@pytest.mark.parametrize("preset", ["drift-400", "drift-1500"])
def test_drift_of_each_column_and_of_the_dataset_is_evidentlys(preset: str) -> None:
    report, expected = _report(preset), _expected(preset)
    failed = {test["test"] for test in expected["tests"] if test["status"] == "FAIL"}
    for metric in expected["metrics"]:
        drift = re.match(r"ValueDrift\(column=(\w+),method=(.+),threshold=([\d.]+)\)", metric["metric"])
        if drift is None:
            dataset = _current(report, "dataset_drift")
            assert {"count": dataset["count"], "share": dataset["share"]} == metric["value"]
            assert dataset["drifted"] == any(test.startswith("Share of Drifted Columns") for test in failed)
        else:
            ours = _current(report, "value_drift", drift[1])
            assert (ours["method"], ours["threshold"]) == (TITLES[drift[2]], float(drift[3]))
            assert ours["score"] == pytest.approx(metric["value"], abs=TOLERANCE, rel=TOLERANCE)
            assert ours["drifted"] == (f"Value Drift for column {drift[1]}" in failed)
    assert set(TITLES.values()) <= set(DRIFT_TESTS)


@pytest.mark.parametrize("preset", ["summary-400", "summary-1500"])
def test_summary_quantiles_and_missing_values_are_evidentlys(preset: str) -> None:
    report, checked = _report(preset), 0
    for metric in _expected(preset)["metrics"]:
        name, column, quantile = re.match(r"(\w+)\((?:column=(\w+))?(?:,quantile=([\d.]+))?", metric["metric"]).groups()  # type: ignore[union-attr]
        if name == "RowCount":
            ours: Any = float(_current(report, "row_count")["rows"])
        elif name == "MissingValueCount":
            ours = {key: _current(report, "missing_values", column)[key] for key in ("count", "share")}
        elif name in SUMMARY:
            ours = _current(report, "summary", column)[SUMMARY[name]]
        elif name == "QuantileValue":
            ours = _current(report, "quantiles", column)[quantile]
        elif name == "UniqueValueCount":
            histogram = _current(report, "histogram", column)
            ours = dict(zip(histogram["labels"], histogram["counts"], strict=True))
            metric["value"] = {key: count for key, count in metric["value"]["counts"].items() if key != "nan"}
        elif name == "ColumnCount":
            kind = re.search(r"ColumnType\.(\w+)", metric["metric"])
            ours = _current(report, "column_count")[KINDS[kind[1]] if kind else "count"]
        elif name == "DatasetMissingValueCount":
            ours = {key: _current(report, "dataset_missing_values")[key] for key in ("count", "share")}
        else:
            ours = _current(report, COUNTS[name])["count"]
        assert ours == pytest.approx(metric["value"], abs=TOLERANCE, rel=TOLERANCE), metric["metric"]
        checked += 1
    assert checked == 50


QUALITY = {
    "Accuracy": "accuracy",
    "Precision": "precision",
    "Recall": "recall",
    "F1Score": "f1",
    "RocAuc": "roc_auc",
    "LogLoss": "log_loss",
    "TPR": "tpr",
    "TNR": "tnr",
    "FPR": "fpr",
    "FNR": "fnr",
    "MeanError": "mean_error",
    "MAPE": "mape",
    "RMSE": "rmse",
    "MAE": "mae",
    "R2Score": "r2",
    "AbsMaxError": "max_error",
}


@pytest.mark.parametrize(("preset", "checked"), [("classification", 14), ("regression", 6)])
def test_a_models_quality_is_evidentlys(preset: str, checked: int) -> None:
    sides = (_side(f"{preset}-500", side) for side in ("current", "reference"))
    report = compute_report(*sides, ReportConfig.model_validate({"metrics": [preset]}))
    metrics = _expected(f"{preset}-500")["metrics"]
    assert len(metrics) == checked
    for metric in metrics:
        name, value = metric["metric"].split("(")[0], metric["value"]
        if name.endswith("ByLabel"):
            column = {"RocAuc": "roc_auc"}.get(name.removesuffix("ByLabel"), name.removesuffix("ByLabel").lower())
            ours = {label: found[column] for label, found in _current(report, "quality_by_label").items()}
        else:
            ours = _current(report, QUALITY[name])
        expected = value if isinstance(value, dict) else {"value": value}
        assert ours == pytest.approx(expected, abs=TOLERANCE, rel=TOLERANCE), name
