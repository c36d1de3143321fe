"""Slices as a page shows them: one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streams.core.reports.html.outcomes import counted
from streams.core.reports.html.texts import NOTHING, number, share
from streams.core.reports.results import Entry, Slice, Sliced
from streams.core.reports.testing.outcome import Status
from streams.core.reports.verdicts import VERDICTS

_QUALITY: Final = (("accuracy", "value"), ("mae", "mean"), ("estimated_quality", "accuracy"))


@dataclass(frozen=True, slots=True)
class SliceView:
    """One slice: rows, what its verdict and tests say, how much drifted, and one figure of the model's quality."""

    name: str
    rows: str
    compared: str
    verdict: str
    tone: str
    reason: str
    drifted: str
    tests: str
    tests_tone: str
    quality: str


@dataclass(frozen=True, slots=True)
class SlicedView:
    """Slices by one column or condition, and a sentence on what is in none of them."""

    title: str
    slices: tuple[SliceView, ...]
    quality: str
    others: str
    error: str


def sliced_views(sliced: Sequence[Sliced]) -> list[SlicedView]:
    """All slices of a report."""
    return [_sliced(one) for one in sliced]


def _sliced(sliced: Sliced) -> SlicedView:
    entries = sliced.slices[0].entries if sliced.slices else ()
    is_condition = [one.name for one in sliced.slices] == [sliced.by]
    shown = next(((metric, field) for metric, field in _QUALITY if _of(entries, metric)), None)
    return SlicedView(
        title=sliced.by if is_condition else f"by {sliced.by}",
        slices=tuple(_slice(one, shown) for one in sliced.slices),
        quality="" if shown is None else shown[0].replace("_", " "),
        others=_others(sliced),
        error=sliced.error or "",
    )


def _others(sliced: Sliced) -> str:
    if not sliced.other_rows:
        return ""
    values = f", {number(sliced.other_values)} more values among them" if sliced.other_values else ""
    return f"{number(sliced.other_rows)} rows are in none of these{values}."


def _slice(one: Slice, shown: tuple[str, str] | None) -> SliceView:
    drift, quality = _of(one.entries, "dataset_drift"), shown and _of(one.entries, shown[0])
    values = {} if drift is None or drift.current is None else drift.current
    found = quality.current.get(shown[1]) if quality and shown and quality.current else None
    statuses = {test.status for test in one.tests}
    meaning = VERDICTS[one.verdict]
    return SliceView(
        name=one.name,
        rows=number(one.rows),
        compared=NOTHING
        if one.reference_rows is None
        else f"{number(one.reference_rows)}{' (all)' * one.whole_reference}",
        verdict=meaning.word,
        tone=meaning.tone,
        reason=one.reason or "",
        drifted=share(values.get("share")),
        tests=counted(one.tests),
        tests_tone="bad" if Status.FAIL in statuses else "broken" if Status.ERROR in statuses else "none",
        quality=number(found),
    )


def _of(entries: Sequence[Entry], metric: str) -> Entry | None:
    return next((entry for entry in entries if entry.metric == metric and entry.column is None), None)
