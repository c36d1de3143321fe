"""Snapshots as rows of tables, and from the records of their topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from streams.cli.times import moment_text

if TYPE_CHECKING:
    from streams.core.snapshots import Snapshot
    from streams.kafka.scan import Record

COLUMNS = (
    *("collector", "window", "rows", "late", "drift_share", "drifted_columns", "verdict", "quality", "labelled"),
    *("tests", "batch", "error"),
)
QUALITY_COLUMNS = (
    "window",
    "rows",
    "labelled",
    "share",
    "duplicates",
    "revision",
    "quality",
    "tests",
    "error",
    "batch",
)
_FIGURES = 4
_NAMED = 6


def snapshot_row(snapshot: Snapshot) -> dict[str, object]:
    """The summary of a snapshot; values that are unknown are None.

    One of model quality says on which share of the rows it rests, and which revision it is.
    """
    used = snapshot.labels_used
    return {
        "kind": "report" if used is None else "quality",
        "collector": snapshot.collector_id,
        "window": window_text(snapshot),
        "rows": snapshot.rows,
        "late": snapshot.late_rows,
        "dropped": snapshot.dropped,
        "drift_share": snapshot.drift.get("share"),
        "drifted_columns": snapshot.drift.get("drifted_columns"),
        "drifted_count": snapshot.drift.get("count"),
        "verdict": snapshot.verdict.value if used is None else None,
        "quality": figures_text(snapshot),
        "labelled": None if used is None else f"{100 * used.share:.4g} %",
        "revision": None if used is None else used.revision,
        "duplicates": None if used is None else used.duplicates,
        "tests": tests_text(snapshot),
        "error": snapshot.reason,
        "batch": snapshot.batch_id,
        "batch_id": snapshot.batch_id,
        "id": snapshot.id,
        "start_ms": snapshot.start_ms,
        "end_ms": snapshot.end_ms,
    }


def named_in_text(row: dict[str, object]) -> dict[str, object]:
    """A row for a table, in which a list of columns that has only the first of them says how many there are."""
    names, count = row["drifted_columns"], row["drifted_count"]
    if not isinstance(names, list) or not isinstance(count, int) or count <= len(names):
        return row
    shown = names[:_NAMED]
    return row | {"drifted_columns": f"{', '.join(shown)} and {count - len(shown)} more"}


def quality_row(snapshot: Snapshot) -> dict[str, object]:
    """What one snapshot says of a model's quality, and on what it rests."""
    used = snapshot.labels_used
    labels = {} if used is None else {name: getattr(used, name) for name in used.__struct_fields__ if name != "hash"}
    return {
        "collector": snapshot.collector_id,
        "window": window_text(snapshot),
        "rows": snapshot.rows,
        **labels,
        "quality": figures_text(snapshot),
        "figures": {str(row["quality"]): row["batch"] for row in quality_rows(snapshot)},
        "tests": tests_text(snapshot),
        "error": snapshot.reason,
        "batch": snapshot.batch_id,
        "batch_id": snapshot.batch_id,
        "id": snapshot.id,
        "start_ms": snapshot.start_ms,
        "end_ms": snapshot.end_ms,
    }


def figures_text(snapshot: Snapshot) -> str | None:
    """The first figures of a model's quality, such as `accuracy 0.93, F1 0.9`, or what they wait for."""
    if snapshot.labels_used is None:
        return "waits for labels" if snapshot.summary.awaits_labels else None
    figures = [f"{row['quality']} {row['batch']}" for row in quality_rows(snapshot)[:_FIGURES]]
    few = ["(too few labels)"] if snapshot.summary.too_few_labels else []
    return " ".join([", ".join(figures), *few]).strip() or None


def tests_text(snapshot: Snapshot) -> str | None:
    """`2 failed, 12 passed`; None where the report has no tests."""
    from streams.core.reports.html.outcomes import in_words

    tests = snapshot.summary.tests
    return in_words(tests) if tests else None


def window_text(snapshot: Snapshot) -> str:
    """When a window was, in UTC; a sequence number where rows cut it."""
    bounds = [moment_text(ms) for ms in (snapshot.start_ms, snapshot.end_ms)]
    number = "" if snapshot.sequence is None else f" #{snapshot.sequence}"
    return f"{bounds[0]} - {_without_day(bounds[1], bounds[0])}{number}"


def decoder() -> Callable[[Record], Snapshot | None]:
    """A function that reads snapshots by their content type; None for what has no value. Raises SnapshotFormatError.

    Of a long one it gives what the topic has: its summary and a claim on the rest.
    """
    from streams.stages.snapshot_encoding import snapshot_decoding

    decode = snapshot_decoding()
    return lambda record: None if record.value is None else decode(record.value, list(record.pairs))


def column_rows(snapshot: Snapshot) -> Iterator[dict[str, object]]:
    """What a report says of each column's drift."""
    if snapshot.report is None:
        return
    entries = {each.column: each for each in reversed(snapshot.entries) if each.metric == "value_drift"}
    for name, kind in snapshot.report.columns.items():
        entry = entries.get(name)
        values = {} if entry is None or entry.current is None else entry.current
        yield {
            "column": name,
            "kind": kind,
            "drifted": values.get("drifted"),
            "method": values.get("method"),
            "score": values.get("score"),
            "threshold": values.get("threshold"),
            "note": None if entry is None else entry.error,
        }


def test_rows(snapshot: Snapshot) -> list[dict[str, object]]:
    """What came of each test, those of slices among them: what failed first."""
    from streams.core.reports.html.demands import demand, shown, subject

    report = snapshot.report
    if report is None:
        return []
    listed = [("", one) for one in report.tests]
    listed += [(f"{part.by}: {each.name}", one) for part in report.slices for each in part.slices for one in each.tests]
    rows: list[dict[str, object]] = [
        {
            "status": one.status.value,
            "test": subject(one),
            "slice": name or None,
            "value": None if one.value is None else shown(one.value),
            "asked_for": demand(one),
            "note": one.reason,
        }
        for name, one in listed
    ]
    return sorted(rows, key=lambda row: ("fail", "error", "undecided", "pass").index(str(row["status"])))


def quality_rows(snapshot: Snapshot) -> list[dict[str, object]]:
    """A model's quality: figures of the batch beside those of the reference, then those estimated without labels."""
    from streams.core.reports.html.quality import quality_view

    view = quality_view(snapshot.entries)
    if view is None:
        return []
    figures = [(figure.name, figure) for figure in view.figures]
    figures += [(f"estimated {figure.name}", figure) for figure in view.estimated]
    return [{"quality": name, "batch": one.current, "reference": one.reference} for name, one in figures]


def slice_rows(snapshot: Snapshot) -> list[dict[str, object]]:
    """One row for each slice."""
    from streams.core.reports.html.slices import sliced_views

    views = [] if snapshot.report is None else sliced_views(snapshot.report.slices)
    return [
        {
            "slice": one.name if one.name == view.title else f"{view.title}: {one.name}",
            "verdict": one.verdict,
            "rows": one.rows,
            "compared_with": one.compared,
            "columns_drifted": one.drifted,
            "tests": one.tests,
        }
        for view in views
        for one in view.slices
    ]


def _without_day(end: str, start: str) -> str:
    return end[11:] if end[:10] == start[:10] and len(end) > len("2026-11-21") else end
