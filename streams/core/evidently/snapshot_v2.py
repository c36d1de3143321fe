"""Snapshots for Evidently's UI from 0.7 on: every number of a report as a metric, its tests, a page of widgets."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from streams.core.evidently.facts import envelope
from streams.core.evidently.widgets import widgets
from streams.core.reports.results import Entry, Report
from streams.core.reports.testing.outcome import Outcome, Status
from streams.core.snapshots import Snapshot

_STATUS = {Status.PASS: "SUCCESS", Status.FAIL: "FAIL", Status.ERROR: "ERROR", Status.UNDECIDED: "SKIPPED"}


def snapshot_v2(snapshot: Snapshot, *, details: bool = True) -> dict[str, Any]:
    """The body of `POST /api/v2/snapshots/{project}`.

    Drift, counts of rows and of missing values have Evidently's own names, so that its panels show them; any other
    number is a metric `streams:NAME` with its column and field. Without `details` those others are left out.
    """
    report = snapshot.report
    results = {} if report is None else dict(_results(report, details=details))
    return {
        **envelope(snapshot),
        "report": {"items": []},
        "metric_results": results,
        "top_level_metrics": list(results),
        "widgets": widgets(snapshot),
        "tests_widgets": [],
    }


def _results(report: Report, *, details: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in report.entries:
        named = _NAMED.get(entry.metric)
        if entry.current is None or not (named or details):
            continue
        outcomes = [each for each in report.tests if (each.metric, each.column) == (entry.metric, entry.column)]
        made = [named(entry)] if named else list(_others(entry))
        for number, result in enumerate(each for each in made if each is not None):
            where = result["metric_value_location"]["metric"]
            result["tests"] = [] if number else [_test(each, where) for each in outcomes]
            yield where["metric_id"], result


def _single(kind: str, title: str, value: float, **parameters: Any) -> dict[str, Any]:
    where = {"type": kind, **{name: each for name, each in parameters.items() if each is not None}}
    return {**_located(where, title), "type": "evidently:metric_result_v2:SingleValue", "value": value}


def _count(kind: str, title: str, count: int, share: float, **parameters: Any) -> dict[str, Any]:
    where = {"type": kind, **parameters}
    parts = {
        name: {
            **_located(where, f"{title}: {name}", {"value_type": name}),
            "type": "evidently:metric_result_v2:SingleValue",
            "value": value,
        }
        for name, value in (("count", count), ("share", share))
    }
    return {**_located(where, title), "type": "evidently:metric_result_v2:CountValue", **parts}


def _located(where: Mapping[str, Any], title: str, part: Mapping[str, str] | None = None) -> dict[str, Any]:
    metric = {"metric_id": _metric_id(where), "params": dict(where)}
    place = {"metric": metric, "param": dict(part or {})}
    return {"display_name": title, "metric_value_location": place, "widget": [], "tests": []}


def _metric_id(where: Mapping[str, Any]) -> str:
    """32 hex digits: one metric with its parameters has one id in all snapshots."""
    return hashlib.sha256(json.dumps(where, sort_keys=True).encode()).hexdigest()[:32]


def _value_drift(entry: Entry) -> dict[str, Any] | None:
    values = entry.current or {}
    if not _is_number(values.get("score")):
        return None
    title = f"Value drift for {entry.column} ({values['method']}, threshold {values['threshold']})"
    return _single("evidently:metric_v2:ValueDrift", title, values["score"], column=entry.column)


def _dataset_drift(entry: Entry) -> dict[str, Any]:
    values = entry.current or {}
    kind = "evidently:metric_v2:DriftedColumnsCount"
    return _count(kind, "Drifted columns", len(values["drifted_columns"]), values["share"])


def _row_count(entry: Entry) -> dict[str, Any] | None:
    numbers = list(_numbers(entry.current or {}))
    return _single("evidently:metric_v2:RowCount", "Row count", numbers[0][1]) if numbers else None


def _missing_values(entry: Entry) -> dict[str, Any]:
    values, title = entry.current or {}, f"Missing values of {entry.column}"
    kind = "evidently:metric_v2:MissingValueCount"
    return _count(kind, title, values["count"], values["share"] or 0.0, column=entry.column)


_NAMED = {
    "value_drift": _value_drift,
    "dataset_drift": _dataset_drift,
    "row_count": _row_count,
    "missing_values": _missing_values,
}


def _others(entry: Entry) -> Iterator[dict[str, Any]]:
    for name, value in _numbers(entry.current or {}):
        title = " ".join(filter(None, (entry.metric, entry.column, name)))
        yield _single(f"streams:{entry.metric}", title, value, column=entry.column, field=name)


def _numbers(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, float]]:
    """Numbers at any depth under their path; lists, texts and what is infinite are left out."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{above}{name}.")
        elif _is_number(value):
            yield f"{above}{name}", float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _test(outcome: Outcome, metric: Mapping[str, Any]) -> dict[str, Any]:
    bound = "the reference's value" if outcome.of_reference else json.dumps(outcome.expected)
    about = " ".join(filter(None, (outcome.metric, outcome.column, outcome.field)))
    return {
        "id": outcome.condition,
        "name": f"{about}: {outcome.condition} {bound}",
        "description": outcome.reason or f"{about} is {outcome.value}, tested: {outcome.condition} {bound}",
        "metric_config": dict(metric),
        "test_config": {},
        "status": _STATUS[outcome.status],
        "bound_test": None,
    }
