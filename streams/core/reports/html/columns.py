"""A report's columns as a page shows them: the most drifted first, each with its picture and its figures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from streams.core.reports.drift.table import DRIFT_TESTS
from streams.core.reports.html.charts import Bar, Steps, bars, steps
from streams.core.reports.html.strength import level, place, strength
from streams.core.reports.html.texts import number, share
from streams.core.reports.results import Entry, Report

DRIFTED: Final = "drifted"
STABLE: Final = "stable"
FAILED: Final = "failed"
NOT_COMPARED: Final = "not compared"

_ORDER: Final = (DRIFTED, FAILED, STABLE, NOT_COMPARED)


@dataclass(frozen=True, slots=True)
class Verdicted:
    """A drift test's outcome in words: `Kolmogorov-Smirnov p-value`, `0.002`, `≤ 0.05`, and its place on a meter."""

    test: str
    score: str
    comparison: str
    place: float
    level: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a column on both sides; `reference` is empty without one."""

    name: str
    current: str
    reference: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column of a page. At most one of `steps` and `bars` has something to draw."""

    name: str
    kind: str
    status: str
    drift: Verdicted | None
    strength: float
    steps: Steps | None
    bars: tuple[Bar, ...]
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]


def column_views(report: Report) -> list[ColumnView]:
    """All columns: drifted ones by strength, then failed, stable and not compared ones; then by name."""
    entries: dict[str, dict[str, Entry]] = {}
    for entry in report.entries:
        if entry.column is not None:
            entries.setdefault(entry.column, {}).setdefault(entry.metric, entry)
    views = [_view(name, kind, entries.get(name, {})) for name, kind in report.columns.items()]
    return sorted(views, key=lambda view: (_ORDER.index(view.status), -view.strength, view.name))


def _view(name: str, kind: str, entries: dict[str, Entry]) -> ColumnView:
    drift = entries.get("value_drift")
    histogram = entries.get("histogram")
    found = drift.current if drift else None
    return ColumnView(
        name=name,
        kind=kind,
        status=_status(drift),
        drift=_verdicted(found) if found else None,
        strength=strength(found) if found else 0.0,
        steps=_drawn(histogram, "edges", steps),
        bars=_drawn(histogram, "labels", bars) or (),
        figures=tuple(_figures(entries)),
        notes=_notes(entries),
    )


def _notes(entries: dict[str, Entry]) -> tuple[str, ...]:
    metrics: dict[str, list[str]] = {}
    for entry in entries.values():
        if entry.error:
            metrics.setdefault(entry.error, []).append(entry.metric)
    failed = [f"{', '.join(names)}: {reason}" for reason, names in metrics.items()]
    return (*failed, *_unreadable(entries.get("missing_values")))


def _unreadable(entry: Entry | None) -> Iterator[str]:
    """What was left out on each side because it is of another type than the column."""
    for name, side in (("batch", entry and entry.current), ("reference", entry and entry.reference)):
        if side and side.get("unreadable"):
            yield f"unreadable values in the {name}: {number(side['unreadable'])}, such as {', '.join(side['such_as'])}"


def _status(drift: Entry | None) -> str:
    if drift is None:
        return NOT_COMPARED
    if drift.current is None:
        return FAILED
    return DRIFTED if drift.current["drifted"] else STABLE


def _verdicted(drift: dict[str, Any]) -> Verdicted:
    sign = {"<=": "≤", ">=": "≥"}.get(drift["drifted_when"], drift["drifted_when"])
    test = DRIFT_TESTS.get(drift["method"])
    value = strength(drift)
    return Verdicted(
        test=test.title if test else drift["method"],
        score="undefined" if drift["score"] is None else number(drift["score"]),
        comparison=f"drift if {sign} {number(drift['threshold'])}",
        place=place(value),
        level=level(value),
    )


def _drawn(entry: Entry | None, key: str, draw: Callable[[dict[str, Any], dict[str, Any] | None], Any]) -> Any:
    if entry is None or entry.current is None or key not in entry.current:
        return None
    return draw(entry.current, entry.reference)


def _figures(entries: dict[str, Entry]) -> list[Figure]:
    found = ((entries.get(metric), key, label, show) for metric, key, label, show in _FIGURES)
    return [
        Figure(label, show(entry.current[key]), show(entry.reference[key]) if entry.reference else "")
        for entry, key, label, show in found
        if entry is not None and entry.current is not None and key in entry.current
    ]


_FIGURES: Final[tuple[tuple[str, str, str, Callable[[Any], str]], ...]] = (
    ("missing_values", "share", "missing", share),
    ("summary", "distinct", "distinct", number),
    ("summary", "mean", "mean", number),
    ("summary", "std", "deviation", number),
    ("summary", "min", "minimum", number),
    ("quantiles", "0.5", "median", number),
    ("summary", "max", "maximum", number),
    ("summary", "mean_length", "mean length", number),
    ("summary", "min_length", "shortest", number),
    ("summary", "max_length", "longest", number),
)
