"""What Evidently's UI shows of a snapshot: counters, and a table of its columns."""

from __future__ import annotations

from typing import Any

from streams.core.reports.results import Report
from streams.core.snapshots import Snapshot

_COLUMNS = ("column", "kind", "drifted", "method", "score", "threshold", "error")


def widgets(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The widgets of a page, in order."""
    table = [] if snapshot.report is None else _drift_table(snapshot.report)
    return [_counters(snapshot), *table]


def _counters(snapshot: Snapshot) -> dict[str, Any]:
    share = snapshot.drift.get("share")
    told = {
        "verdict": snapshot.reason or snapshot.verdict.value.replace("_", " "),
        "rows": f"{snapshot.rows:,}",
        "late rows": f"{snapshot.late_rows:,}",
        "share of drifted columns": "-" if share is None else f"{share:.3f}",
    }
    counters = [{"value": value, "label": label} for label, value in told.items()]
    return {"type": "counter", "title": snapshot.collector_id, "size": 2, "params": {"counters": counters}}


def _drift_table(report: Report) -> list[dict[str, Any]]:
    entries = [each for each in report.entries if each.metric == "value_drift"]
    rows = [
        {
            "details": {"parts": [], "insights": []},
            "column": each.column,
            "kind": report.columns.get(each.column or ""),
            "error": each.error,
            **{name: _shown(value) for name, value in (each.current or {}).items() if name in _COLUMNS},
        }
        for each in entries
    ]
    columns = [{"title": name.capitalize(), "field": name} for name in _COLUMNS]
    parameters = {"rowsPerPage": 20, "columns": columns, "data": rows}
    return [{"type": "big_table", "title": "Drift by column", "size": 2, "params": parameters}] if rows else []


def _shown(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
