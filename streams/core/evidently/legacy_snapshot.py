"""Snapshots for Evidently's UI up to 0.6.7 (`evidently legacy_ui` of 0.7): drift of the dataset and of its columns.

Of that generation's some hundred metrics these two are sent; distributions are not, so its plots stay empty.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from streams.core.evidently.facts import envelope
from streams.core.reports.results import Entry, Report
from streams.core.snapshots import Snapshot

_OPTIONS = {"color": None, "render": None, "data_definition": None}
_NO_DISTRIBUTION = {"type": "evidently:metric_result:DriftStatsField"}
_KINDS = {"numeric": "num", "categorical": "cat", "datetime": "datetime", "text": "text"}


def legacy_snapshot(snapshot: Snapshot) -> dict[str, Any] | None:
    """The body of `POST /api/projects/{id}/snapshots`; None where a snapshot says nothing about drift.

    Its id is the snapshot's own, so that the UI replaces what it has.
    """
    found = [] if snapshot.report is None else _metrics(snapshot.report)
    if not found:
        return None
    return {
        **envelope(snapshot),
        "id": str(UUID(snapshot.id)),
        "suite": {
            "metrics": [{"options": _OPTIONS, **metric} for metric, _ in found],
            "metric_results": [result for _, result in found],
            "tests": [],
            "test_results": [],
            "options": _OPTIONS,
            "data_definition": None,
        },
        "metrics_ids": list(range(len(found))),
        "test_ids": [],
        "options": _OPTIONS,
    }


def _metrics(report: Report) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    compared = [each for each in report.entries if each.current is not None]
    datasets = [_dataset(each.current or {}) for each in compared if each.metric == "dataset_drift"]
    columns = [_column(each, report) for each in compared if each.metric == "value_drift" and _has_score(each)]
    return [*datasets, *columns]


def _has_score(entry: Entry) -> bool:
    return isinstance((entry.current or {}).get("score"), int | float)


def _dataset(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    share = values.get("threshold", 0.5)
    return {"type": "evidently:metric:DatasetDriftMetric", "drift_share": share}, {
        "type": "evidently:metric_result:DatasetDriftMetricResults",
        "drift_share": share,
        "number_of_columns": values["columns"],
        "number_of_drifted_columns": len(values["drifted_columns"]),
        "share_of_drifted_columns": values["share"],
        "dataset_drift": values["drifted"],
    }


def _column(entry: Entry, report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    name, values = entry.column or "", entry.current or {}
    column = {"type": "evidently:base:ColumnName", "name": name, "display_name": name, "dataset": "main"}
    return {"type": "evidently:metric:ColumnDriftMetric", "column_name": column}, {
        "type": "evidently:metric_result:ColumnDataDriftMetrics",
        "column_name": name,
        "column_type": _KINDS.get(report.columns.get(name, ""), "cat"),
        "stattest_name": values["method"],
        "stattest_threshold": values["threshold"],
        "drift_score": values["score"],
        "drift_detected": values["drifted"],
        "current": _NO_DISTRIBUTION,
        "reference": _NO_DISTRIBUTION,
    }
