"""A collector's snapshots in a row: the share of drifted columns over time, and a strip per column below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from streams.core.reports.html.strength import level, strength
from streams.core.reports.html.texts import moment, number, share, window
from streams.core.reports.html.verdicts import verdict_view
from streams.core.snapshots import Snapshot

SHOWN_WINDOWS: Final = 96
SHOWN_COLUMNS: Final = 40
STEP: Final = 14
ROW: Final = 15
TOP: Final = 84
ROOM_FOR_TWO: Final = 20


@dataclass(frozen=True, slots=True)
class Moment:
    """One snapshot in a timeline: its bar, what it says, and where its page is."""

    x: int
    y: float
    height: float
    tone: str
    says: str
    href: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One column in one snapshot. `level` is empty where it was not compared."""

    x: int
    level: str
    says: str
    href: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One column through all snapshots."""

    name: str
    y: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything to draw, in pixels. `threshold` is None where no snapshot has one."""

    width: int
    height: int
    moments: tuple[Moment, ...]
    threshold: float | None
    strips: tuple[Strip, ...]
    hidden_columns: int
    since: str
    until: str


def timeline(shown: Sequence[tuple[Snapshot, str]]) -> Timeline:
    """Draw snapshots (oldest first) with the addresses of their pages."""
    drifts = [_strengths(snapshot) for snapshot, _ in shown]
    names = _most_drifted_first(drifts)
    strips = tuple(
        Strip(name, TOP + 24 + at * ROW, _cells(name, shown, drifts)) for at, name in enumerate(names[:SHOWN_COLUMNS])
    )
    thresholds = [snapshot.drift["threshold"] for snapshot, _ in shown if snapshot.drift]
    return Timeline(
        width=len(shown) * STEP,
        height=TOP + 26 + len(strips) * ROW,
        moments=tuple(_moment(at, snapshot, href) for at, (snapshot, href) in enumerate(shown)),
        threshold=round(TOP * (1 - thresholds[-1]), 1) if thresholds else None,
        strips=strips,
        hidden_columns=len(names) - len(strips),
        since=_start(shown[0][0]) if len(shown) >= ROOM_FOR_TWO else "",
        until=_start(shown[-1][0]),
    )


def _strengths(snapshot: Snapshot) -> dict[str, tuple[float, str]]:
    drifts = {
        entry.column: entry.current
        for entry in reversed(snapshot.entries)
        if entry.metric == "value_drift" and entry.column is not None and entry.current is not None
    }
    return {name: (strength(drift), f"{drift['method']} {number(drift['score'])}") for name, drift in drifts.items()}


def _most_drifted_first(drifts: list[dict[str, tuple[float, str]]]) -> list[str]:
    totals: dict[str, float] = {}
    for drift in drifts:
        for name, (value, _) in drift.items():
            totals[name] = totals.get(name, 0.0) + min(value, 10.0)
    return sorted(totals, key=lambda name: (-totals[name], name))


def _moment(at: int, snapshot: Snapshot, href: str) -> Moment:
    part = 1.0 if snapshot.reason else snapshot.drift.get("share", 0.0)
    height = max(3.0, round(part * TOP, 1))
    said = snapshot.reason or (f"{share(part)} of columns drifted" if snapshot.drift else snapshot.verdict.value)
    when = window(snapshot.start_ms, snapshot.end_ms, snapshot.sequence)
    return Moment(_x(at), round(TOP - height, 1), height, verdict_view(snapshot).tone, f"{when}: {said}", href)


def _cells(
    name: str, shown: Sequence[tuple[Snapshot, str]], drifts: list[dict[str, tuple[float, str]]]
) -> tuple[Cell, ...]:
    cells = []
    for at, ((snapshot, href), drift) in enumerate(zip(shown, drifts, strict=True)):
        when = window(snapshot.start_ms, snapshot.end_ms, snapshot.sequence)
        unknown = "not compared" if snapshot.claim is msgspec.UNSET else "see its page"
        value, said = drift.get(name, (None, unknown))
        cells.append(Cell(_x(at), "x" if value is None else str(level(value)), f"{name}, {when}: {said}", href))
    return tuple(cells)


def _start(snapshot: Snapshot) -> str:
    return moment(snapshot.start_ms) if snapshot.start_ms is not None else f"window {snapshot.sequence}"


def _x(at: int) -> int:
    return at * STEP
