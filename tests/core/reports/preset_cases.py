"""What Evidently 0.7.23's presets say of awkward tables, and reports of ours on the same tables."""

import json
from functools import cache
from typing import Any

import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.reports.results import Report
from tests.core.reports.columns import dataset
from tests.core.reports.evidently_cases import DATA, TOLERANCE

PRESETS = {
    "ClassificationPreset": "classification",
    "RegressionPreset": "regression",
    "DataSummaryPreset": "data_summary",
    "DataDriftPreset": "data_drift",
}
MODELS: dict[str, dict[str, Any]] = {
    "words": {"positive_label": "spam"},
    "several": {"probabilities": {"cat": "cat", "dog": "dog", "owl": "owl"}},
}


@cache
def cases() -> dict[str, dict[str, Any]]:
    """All cases by name."""
    return {case["name"]: case for case in json.loads((DATA / "preset-cases.json").read_text())}


@cache
def report_of(name: str, *, compared: bool = True, default_tests: bool = False) -> Report:
    """Our report of a case by the same preset, with its reference or without."""
    case = cases()[name]
    content = {"metrics": [PRESETS[case["preset"]]], "model": MODELS.get(name, {})}
    config = ReportConfig.model_validate(content | ({"default_tests": True} if default_tests else {}))
    return compute_report(dataset(**case["current"]), dataset(**case["reference"]) if compared else None, config)


def theirs(name: str, metric: str) -> Any:
    """Evidently's value of a metric for a case; None where its preset lacks it."""
    metrics = cases()[name]["compared"]["metrics"]
    return next((value for key, value in metrics.items() if key.startswith(f"{metric}(")), None)


def ours(name: str, metric: str) -> dict[str, Any]:
    """Our value of a metric of the dataset for a case."""
    entry = report_of(name).of(metric)
    assert entry is not None
    assert entry.current is not None, entry.error
    return entry.current


def check(metric: str, evidently_name: str) -> None:
    """The same value to 1e-9 in every case that Evidently has one for; there are some."""
    found = {name: theirs(name, evidently_name) for name in cases()}
    known = {name: value for name, value in found.items() if value is not None}
    assert known
    for name, value in known.items():
        expected = value if isinstance(value, dict) else {"value": value}
        assert ours(name, metric) == pytest.approx(expected, abs=TOLERANCE, rel=TOLERANCE), name
