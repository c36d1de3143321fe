"""From snapshots and manifests to DataFrames: one function a frame, each with its columns and their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from streams.core.batches.manifest import Manifest
from streams.core.current import Judged
from streams.core.reports.results import Entry, Report
from streams.core.snapshots import Snapshot

_MOMENT = "datetime64[ms, UTC]"
_WINDOW = {"collector": "object", "batch_id": "object", "start": _MOMENT, "end": _MOMENT}
_SNAPSHOTS = {
    **_WINDOW,
    "sequence": "Int64",
    "rows": "int64",
    "late_rows": "int64",
    "dropped": "int64",
    "verdict": "object",
    "drift_share": "float64",
    "compared_columns": "Int64",
    "drifted_columns": "object",
    "failed_tests": "int64",
    "reference": "object",
    "reference_hash": "object",
    "error": "object",
    "snapshot_id": "object",
    "replaced": "bool",
}
_QUALITY = {
    **_WINDOW,
    "rows": "int64",
    "labelled": "int64",
    "labelled_late": "int64",
    "share": "float64",
    "duplicates": "int64",
    "revision": "int64",
    "failed_tests": "int64",
    "error": "object",
    "snapshot_id": "object",
}
_DRIFT = {
    **_WINDOW,
    "column": "object",
    "kind": "object",
    "method": "object",
    "score": "float64",
    "threshold": "float64",
    "drifted": "boolean",
    "error": "object",
}
_METRICS = {
    **_WINDOW,
    "slice": "object",
    "metric": "object",
    "column": "object",
    "field": "object",
    "current": "float64",
    "reference": "float64",
}
_TESTS = {
    **_WINDOW,
    "metric": "object",
    "column": "object",
    "field": "object",
    "condition": "object",
    "expected": "object",
    "value": "object",
    "status": "object",
    "reason": "object",
}
_BATCHES = {
    **_WINDOW,
    "sequence": "Int64",
    "rows": "int64",
    "late_rows": "int64",
    "dropped": "object",
    "bytes": "int64",
    "config_hash": "object",
}


def snapshots(read: Iterable[Judged]) -> pd.DataFrame:
    """A row for each snapshot, by collector and window."""
    rows = [{**_summary(each.snapshot), "replaced": each.replaced} for each in read]
    return _frame(sorted(rows, key=lambda row: (row["collector"], row["start"] or 0)), _SNAPSHOTS)


def quality(read: Iterable[Snapshot]) -> pd.DataFrame:
    """A row for each snapshot of model quality."""
    return _frame((_quality_row(each) for each in read), _QUALITY)


def drift(read: Iterable[Snapshot]) -> pd.DataFrame:
    """A row for each snapshot and column of `value_drift`."""
    return _frame((row for each in read for row in _drift_rows(each)), _DRIFT)


def metrics(read: Iterable[Snapshot]) -> pd.DataFrame:
    """A row for each number of each metric, of the whole batch and of its slices."""
    return _frame((row for each in read for row in _metric_rows(each)), _METRICS)


def tests(read: Iterable[Snapshot]) -> pd.DataFrame:
    """A row for each test of the whole batch."""
    return _frame((row for each in read for row in _test_rows(each)), _TESTS)


def batches(read: Iterable[Manifest]) -> pd.DataFrame:
    """A row for each batch."""
    return _frame((_batch_row(each) for each in read), _BATCHES)


def _frame(rows: Iterable[Mapping[str, object]], types: Mapping[str, str]) -> pd.DataFrame:
    listed = list(rows)
    return pd.DataFrame(
        {name: _series([row.get(name) for row in listed], kind) for name, kind in types.items()}, columns=list(types)
    )


def _series(values: Sequence[Any], kind: str) -> pd.Series[Any]:
    if kind == _MOMENT:
        return pd.to_datetime(pd.Series(values, dtype="Int64"), unit="ms", utc=True).dt.as_unit("ms")
    return pd.Series(values, dtype=kind)


def _window(snapshot: Snapshot) -> dict[str, object]:
    return {
        "collector": snapshot.collector_id,
        "batch_id": snapshot.batch_id,
        "start": snapshot.start_ms,
        "end": snapshot.end_ms,
    }


def _summary(snapshot: Snapshot) -> dict[str, object]:
    used = snapshot.reference
    outcomes = () if snapshot.report is None else snapshot.report.tests
    return {
        **_window(snapshot),
        "sequence": snapshot.sequence,
        "rows": snapshot.rows,
        "late_rows": snapshot.late_rows,
        "dropped": sum(snapshot.dropped.values()),
        "verdict": snapshot.verdict.value,
        "drift_share": snapshot.drift.get("share"),
        "compared_columns": snapshot.drift.get("columns"),
        "drifted_columns": snapshot.drift.get("drifted_columns", []),
        "failed_tests": sum(each.status.is_wrong for each in outcomes),
        "reference": None if used is None else used.name,
        "reference_hash": None if used is None else used.hash,
        "error": snapshot.reason,
        "snapshot_id": snapshot.id,
    }


def _quality_row(snapshot: Snapshot) -> dict[str, object]:
    used = snapshot.labels_used
    labels = {} if used is None else {name: getattr(used, name) for name in used.__struct_fields__}
    return {**_summary(snapshot), **labels}


def _drift_rows(snapshot: Snapshot) -> Iterator[dict[str, object]]:
    report = snapshot.report
    for entry in () if report is None else report.entries:
        if entry.metric == "value_drift" and report is not None:
            values = entry.current or {}
            kind = report.columns.get(entry.column or "")
            yield {**_window(snapshot), "column": entry.column, "kind": kind, **values, "error": entry.error}


def _metric_rows(snapshot: Snapshot) -> Iterator[dict[str, object]]:
    for part, entries in () if snapshot.report is None else _parts(snapshot.report):
        for entry in entries:
            current, reference = dict(_numbers(entry.current or {})), dict(_numbers(entry.reference or {}))
            for name in {**current, **reference}:
                yield {
                    **_window(snapshot),
                    "slice": part,
                    "metric": entry.metric,
                    "column": entry.column,
                    "field": name,
                    "current": current.get(name),
                    "reference": reference.get(name),
                }


def _parts(report: Report) -> Iterator[tuple[str | None, Sequence[Entry]]]:
    yield None, report.entries
    for sliced in report.slices:
        yield from ((f"{sliced.by}={each.name}", each.entries) for each in sliced.slices)


def _numbers(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{above}{name}.")
        elif isinstance(value, int | float) or value in ("Infinity", "-Infinity"):
            yield f"{above}{name}", float(value)


def _test_rows(snapshot: Snapshot) -> Iterator[dict[str, object]]:
    for each in () if snapshot.report is None else snapshot.report.tests:
        yield {
            **_window(snapshot),
            "metric": each.metric,
            "column": each.column,
            "field": each.field,
            "condition": each.condition,
            "expected": each.expected,
            "value": each.value,
            "status": each.status.value,
            "reason": each.reason,
        }


def _batch_row(manifest: Manifest) -> dict[str, object]:
    return {
        "collector": manifest.plan.collector_id,
        "batch_id": manifest.batch_id,
        "start": manifest.start_ms,
        "end": manifest.end_ms,
        "sequence": None if manifest.plan.trigger.rows is None else manifest.sequence,
        "rows": manifest.rows,
        "late_rows": manifest.late_rows,
        "dropped": dict(manifest.dropped),
        "bytes": sum(each.bytes for each in manifest.objects),
        "config_hash": manifest.plan.config_hash,
    }
