"""An Evidently report configuration (metrics and tests of 0.4 to 0.6) as a report of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from streams.core.collectors.problems import Path
from streams.core.reports.config import ReportConfig
from streams.core.reports.drift.table import NAMES

Notes = tuple[tuple[Path, str], ...]
Given = Mapping[str, Any]
_CONDITIONS = {
    "eq": "eq",
    "gt": "gt",
    "gte": "gte",
    "lt": "lt",
    "lte": "lte",
    "is_in": "in",
    "not_in": "not_in",
    "approx": None,
    "not_eq": None,
}
"""Evidently's conditions and ours."""
_TESTED = {
    "TestShareOfDriftedColumns": ("dataset_drift", "share"),
    "TestNumberOfDriftedColumns": ("dataset_drift", "count"),
    "TestNumberOfRows": ("row_count", "rows"),
    "TestNumberOfMissingValues": ("dataset_missing_values", "count"),
    "TestColumnShareOfMissingValues": ("missing_values", "share"),
    "TestColumnQuantile": ("quantiles", None),
}
"""The metric and field that a test's condition is about. The share of all missing values is counted otherwise here."""
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
class _MappingState:
    """What has been found so far: metrics and tests of ours, drift options of the report, and what could not be said in
    our terms.
    """

    metrics: list[dict[str, Any]] = field(default_factory=list)
    tests: list[dict[str, Any]] = field(default_factory=list)
    drift: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[Path, str]] = field(default_factory=list)

    def note(self, path: Path, message: str) -> None:
        self.notes.append((path, message))


def mapped_report(config: Given) -> tuple[ReportConfig, Notes]:
    """Return the report that computes what the configuration asks for, and notes (path, words) on what it does not
    compute.

    Columns are called as users call them: a report sees a batch's features under their own names. A configuration of
    which nothing is known becomes the default report.
    """
    state = _MappingState()
    for group in ("metrics", "tests"):
        listed = config.get(group) or []
        for number, item in enumerate(listed if isinstance(listed, list) else []):
            _map_item(item, (group, number), state)
    metrics = [one for number, one in enumerate(state.metrics) if one not in state.metrics[:number]]
    tests = [one for number, one in enumerate(state.tests) if one not in state.tests[:number]]
    content = {"drift": state.drift, "metrics": metrics or None, "tests": tests}
    try:
        return ReportConfig.model_validate(content), tuple(state.notes)
    except ValidationError as error:
        words = "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors(include_input=False))
        return ReportConfig(), (*state.notes, ((), f"cannot be computed, so the default report is: {words}"))


def _map_item(item: Any, path: Path, state: _MappingState) -> None:
    given: Given = item if isinstance(item, Mapping) else {"type": item}
    name = re.split(r"[:.]", str(given.get("type")))[-1]
    mapping = _ITEMS.get(name)
    if mapping is None:
        state.note(path, f"{name} has no counterpart and is not computed")
        return
    mapping(given, path, state)
    _add_tests(name, given, path, state)
    if given.get("columns") is not None and name == "DatasetDriftMetric":
        state.note((*path, "columns"), "the share of drifted columns is that of all columns")


def _add_tests(name: str, given: Given, path: Path, state: _MappingState) -> None:
    """Map each condition to a test of the metric's field; a test of drift without one is its decision."""
    columns = {"columns": [_column(given["column_name"])]} if given.get("column_name") is not None else {}
    if name == "TestColumnDrift":
        parameters = {key: value for key, value in state.metrics[-1].get("parameters", {}).items() if value is not None}
        chosen = {"parameters": parameters} if parameters else {}
        state.tests.append({"metric": "value_drift", "field": "drifted", "eq": False, **columns, **chosen})
    left = []
    for key in [key for key in _CONDITIONS if given.get(key) is not None]:
        bound, ours = given[key], _CONDITIONS[key]
        if ours is None or isinstance(bound, Mapping) or name not in _TESTED:
            left.append(key)
            continue
        metric, tested = _TESTED[name]
        chosen = {"parameters": {"probabilities": [given["quantile"]]}} if metric == "quantiles" else {}
        where = repr(float(given["quantile"])) if tested is None else tested
        state.tests.append({"metric": metric, "field": where, ours: bound, **columns, **chosen})
    if left:
        state.note(path, f"{name} is computed, its condition {', '.join(left)} is not tested")


Map = Callable[[Given, Path, _MappingState], None]


def _dataset(*metrics: str) -> Map:
    """Map to metrics of the dataset, or of all its columns."""

    def add(given: Given, path: Path, state: _MappingState) -> None:
        columns = [_column(one) for one in given.get("columns") or ()]
        state.metrics += [
            {"name": one, "columns": columns} if columns and one == "value_drift" else {"name": one} for one in metrics
        ]
        _add_drift_options(given, path, state)

    return add


def _of_column(*metrics: str) -> Map:
    """Map to metrics of the one column that is named."""

    def add(given: Given, path: Path, state: _MappingState) -> None:
        parameters = dict(_column_parameters(given, path, state))
        columns = [_column(given.get("column_name"))]
        state.metrics += [{"name": one, "columns": columns, "parameters": parameters} for one in metrics]

    return add


def _share_of_drifted(given: Given, path: Path, state: _MappingState) -> None:
    """Map the test's bound to our own: both say `drifted` from that share of columns on."""
    _dataset("dataset_drift")(given, path, state)
    if given.get("lt") is not None:
        state.drift["share"] = given["lt"]


def _column(name: Any) -> str:
    return str(name.get("name") if isinstance(name, Mapping) else name)


def _column_parameters(given: Given, path: Path, state: _MappingState) -> Iterator[tuple[str, Any]]:
    if given.get("stattest") is not None and _is_known(given["stattest"], (*path, "stattest"), state):
        yield "method", given["stattest"]
    if given.get("stattest_threshold") is not None:
        yield "threshold", given["stattest_threshold"]
    if given.get("quantile") is not None:
        yield "probabilities", [given["quantile"]]


def _add_drift_options(given: Given, path: Path, state: _MappingState) -> None:
    for key in _WITHOUT_COUNTERPART:
        if given.get(key) is not None:
            state.note((*path, key), "text columns are not compared")
    for key, option in _OPTIONS.items():
        value = given.get(key)
        if isinstance(value, Mapping):
            value = {_column(name): one for name, one in value.items() if _is_known(one, (*path, key, name), state)}
        elif not _is_known(value, (*path, key), state):
            continue
        if value is None:
            continue
        if state.drift.setdefault(option, value) != value:
            state.note((*path, key), f"differs from an item before, whose {state.drift[option]!r} counts")


def _is_known(value: Any, path: Path, state: _MappingState) -> bool:
    """Say whether a drift test has a counterpart; thresholds and what is left out always have."""
    if isinstance(value, str) and value not in NAMES:
        state.note(path, f"drift test {value!r} has no counterpart; the default rules decide")
        return False
    return True


_ITEMS: Mapping[str, Map] = {
    "DatasetDriftMetric": _dataset("dataset_drift"),
    "DataDriftTable": _dataset("value_drift"),
    "DatasetSummaryMetric": _dataset("row_count", "missing_values"),
    "DatasetMissingValuesMetric": _dataset("missing_values"),
    "ColumnDriftMetric": _of_column("value_drift"),
    "ColumnSummaryMetric": _of_column("summary", "missing_values"),
    "ColumnDistributionMetric": _of_column("histogram"),
    "ColumnMissingValuesMetric": _of_column("missing_values"),
    "ColumnQuantileMetric": _of_column("quantiles"),
    "TestShareOfDriftedColumns": _share_of_drifted,
    "TestNumberOfDriftedColumns": _dataset("dataset_drift"),
    "TestColumnDrift": _of_column("value_drift"),
    "TestNumberOfRows": _dataset("row_count"),
    "TestNumberOfMissingValues": _dataset("missing_values"),
    "TestShareOfMissingValues": _dataset("missing_values"),
    "TestColumnShareOfMissingValues": _of_column("missing_values"),
    "TestColumnQuantile": _of_column("quantiles"),
}
