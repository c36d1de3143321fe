"""Every metric and test of Evidently that has a counterpart, and how it is said in our terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from streams.core.collectors.evidently_tests import TESTED
from streams.core.collectors.problems import Path
from streams.core.reports.drift.table import NAMES

Given = Mapping[str, Any]
_OPTIONS = {
    "stattest": "method",
    "num_stattest": "numeric_method",
    "cat_stattest": "categorical_method",
    "per_column_stattest": "column_methods",
    "stattest_threshold": "threshold",
    "num_stattest_threshold": "numeric_threshold",
    "cat_stattest_threshold": "categorical_threshold",
    "per_column_stattest_threshold": "column_thresholds",
    "drift_share": "share",
}
_WITHOUT_COUNTERPART = ("text_stattest", "text_stattest_threshold")


@dataclass(slots=True)
class MappingState:
    """What has been found so far: metrics and tests of ours, drift options of the report, and what could not be said in
    our terms.
    """

    metrics: list[dict[str, Any]] = field(default_factory=list)
    tests: list[dict[str, Any]] = field(default_factory=list)
    drift: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[Path, str]] = field(default_factory=list)
    has_reference: bool = False

    def note(self, path: Path, message: str) -> None:
        """Keep what could not be said in our terms."""
        self.notes.append((path, message))


def name_of(given: Given) -> str:
    """The last part of a type, such as `RowCount` of `evidently:metric_v2:RowCount`."""
    return re.split(r"[:.]", str(given.get("type")))[-1]


Map = Callable[[Given, Path, MappingState], None]


def _dataset(*metrics: str) -> Map:
    """Map to metrics of the dataset, or of all its columns."""

    def add(given: Given, path: Path, state: MappingState) -> None:
        columns = [column_of(one) for one in given.get("columns") or ()]
        state.metrics += [
            {"name": one, "columns": columns} if columns and one == "value_drift" else {"name": one} for one in metrics
        ]
        _add_drift_options(given, path, state)

    return add


def _of_column(*metrics: str) -> Map:
    """Map to metrics of the one column that is named."""

    def add(given: Given, path: Path, state: MappingState) -> None:
        parameters = dict(_column_parameters(given, path, state))
        columns = [column_of(given.get("column_name", given.get("column")))]
        state.metrics += [{"name": one, "columns": columns, "parameters": parameters} for one in metrics]

    return add


def _share_of_drifted(given: Given, path: Path, state: MappingState) -> None:
    """Map the test's bound to our own: both say `drifted` from that share of columns on."""
    _dataset("dataset_drift")(given, path, state)
    if given.get("lt") is not None:
        state.drift["share"] = given["lt"]


def column_of(name: Any) -> str:
    """A column by its name, or as Evidently's `ColumnName`."""
    return str(name.get("name") if isinstance(name, Mapping) else name)


def _column_parameters(given: Given, path: Path, state: MappingState) -> Iterator[tuple[str, Any]]:
    if given.get("stattest") is not None and _is_known(given["stattest"], (*path, "stattest"), state):
        yield "method", given["stattest"]
    if given.get("stattest_threshold") is not None:
        yield "threshold", given["stattest_threshold"]
    if given.get("quantile") is not None:
        yield "probabilities", [given["quantile"]]


def _add_drift_options(given: Given, path: Path, state: MappingState) -> None:
    for key in _WITHOUT_COUNTERPART:
        if given.get(key) is not None:
            state.note((*path, key), "text columns are not compared")
    for key, option in _OPTIONS.items():
        value = given.get(key)
        if isinstance(value, Mapping):
            value = {column_of(name): one for name, one in value.items() if _is_known(one, (*path, key, name), state)}
        elif not _is_known(value, (*path, key), state):
            continue
        if value is None:
            continue
        if state.drift.setdefault(option, value) != value:
            state.note((*path, key), f"differs from an item before, whose {state.drift[option]!r} counts")


def _is_known(value: Any, path: Path, state: MappingState) -> bool:
    """Say whether a drift test has a counterpart; thresholds and what is left out always have."""
    if isinstance(value, str) and value not in NAMES:
        state.note(path, f"drift test {value!r} has no counterpart; the default rules decide")
        return False
    return True


def _all_drift(given: Given, path: Path, state: MappingState) -> None:
    _dataset("value_drift")(given, path, state)
    state.tests.append({"metric": "value_drift", "field": "drifted", "eq": False})


def _all_missing(given: Given, _: Path, state: MappingState) -> None:
    state.metrics.append(dict(_MISSING))
    bound = TESTED["TestColumnShareOfMissingValues"]
    columns = [column_of(one) for one in given.get("columns") or ()]
    state.tests.append(
        {
            "metric": "missing_values",
            "field": "share",
            "parameters": dict(bound.parameters),
            **((bound.compared if state.has_reference else bound.alone) or {}),
            **({"columns": columns} if columns else {}),
        }
    )


def _tested(given: Given, path: Path, state: MappingState) -> None:
    """Map to the metric that the test is about."""
    name = name_of(given)
    tested = TESTED[name]
    parameters = dict(tested.parameters) | dict(_column_parameters(given, path, state))
    column = given.get("column_name")
    state.metrics.append(
        {"name": tested.metric, "parameters": parameters} | ({"columns": [column_of(column)]} if column else {})
    )


_MISSING: Mapping[str, Any] = {"name": "missing_values", "parameters": {"empty_and_infinite": True}}
_QUALITY = (
    *("row_count", "column_count", "dataset_missing_values", "duplicated_rows", "duplicated_columns"),
    *("constant_columns", "empty_rows", "empty_columns", "summary", "missing_values"),
)
_METRICS: Mapping[str, Map] = {
    "DatasetDriftMetric": _dataset("dataset_drift"),
    "DataDriftTable": _dataset("value_drift"),
    "DatasetSummaryMetric": _dataset("row_count", "missing_values"),
    "DatasetMissingValuesMetric": _dataset("missing_values"),
    "ColumnDriftMetric": _of_column("value_drift"),
    "ColumnSummaryMetric": _of_column("summary", "missing_values"),
    "ColumnDistributionMetric": _of_column("histogram"),
    "ColumnMissingValuesMetric": _of_column("missing_values"),
    "ColumnQuantileMetric": _of_column("quantiles"),
    "DataDriftPreset": _dataset("value_drift", "dataset_drift"),
    "DataQualityPreset": _dataset(*_QUALITY),
    "TargetDriftPreset": _dataset("target_drift", "prediction_drift"),
    "RegressionPreset": _dataset("regression"),
    "ClassificationPreset": _dataset("classification"),
    "RegressionQualityMetric": _dataset("regression"),
    "ClassificationQualityMetric": _dataset("classification"),
    "ClassificationConfusionMatrix": _dataset("confusion_matrix"),
    "ClassificationQualityByClass": _dataset("quality_by_label"),
}
_OF_TODAY: Mapping[str, Map] = {
    "RowCount": _dataset("row_count"),
    "ColumnCount": _dataset("column_count"),
    "DatasetMissingValueCount": _dataset("dataset_missing_values"),
    "DuplicatedRowCount": _dataset("duplicated_rows"),
    "DuplicatedColumnsCount": _dataset("duplicated_columns"),
    "AlmostDuplicatedColumnsCount": _dataset("almost_duplicated_columns"),
    "ConstantColumnsCount": _dataset("constant_columns"),
    "AlmostConstantColumnsCount": _dataset("almost_constant_columns"),
    "EmptyRowsCount": _dataset("empty_rows"),
    "EmptyColumnsCount": _dataset("empty_columns"),
    "DriftedColumnsCount": _dataset("dataset_drift"),
    "ValueDrift": _of_column("value_drift"),
    "MissingValueCount": _of_column("missing_values"),
    "QuantileValue": _of_column("quantiles"),
    "MedianValue": _of_column("quantiles"),
    **dict.fromkeys(("MinValue", "MaxValue", "MeanValue", "StdValue", "UniqueValueCount"), _of_column("summary")),
    "ValueStats": _of_column("summary", "missing_values"),
    "DataSummaryPreset": _dataset(*_QUALITY),
    "DatasetStats": _dataset(*_QUALITY[:-2]),
    "Accuracy": _dataset("accuracy"),
    "Precision": _dataset("precision"),
    "Recall": _dataset("recall"),
    "F1Score": _dataset("f1"),
    "RocAuc": _dataset("roc_auc"),
    "LogLoss": _dataset("log_loss"),
    "TPR": _dataset("tpr"),
    "TNR": _dataset("tnr"),
    "FPR": _dataset("fpr"),
    "FNR": _dataset("fnr"),
    "MeanError": _dataset("mean_error"),
    "MAE": _dataset("mae"),
    "MAPE": _dataset("mape"),
    "RMSE": _dataset("rmse"),
    "R2Score": _dataset("r2"),
    "AbsMaxError": _dataset("max_error"),
    "ConfusionMatrix": _dataset("confusion_matrix"),
}
"""Metrics and presets of 0.7 that have other names than before."""
ITEMS: Mapping[str, Map] = {
    **_METRICS,
    **_OF_TODAY,
    **dict.fromkeys(TESTED, _tested),
    "TestColumnDrift": _of_column("value_drift"),
    "TestAllFeaturesValueDrift": _all_drift,
    "TestAllColumnsShareOfMissingValues": _all_missing,
    "TestShareOfDriftedColumns": _share_of_drifted,
    "TestNumberOfDriftedColumns": _dataset("dataset_drift"),
}
"""Everything that has a counterpart, by its name."""
