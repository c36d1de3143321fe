"""Distributions as shapes: SVG paths and bars, coordinates rounded so that pages stay small."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from streams.core.reports.html.texts import number

WIDTH: Final = 320
HEIGHT: Final = 96
SHOWN_VALUES: Final = 8


@dataclass(frozen=True, slots=True)
class Steps:
    """Histograms of both sides as paths in a box of WIDTH by HEIGHT; `reference` is empty without one."""

    current: str
    reference: str
    low: str
    middle: str
    high: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One value's share on both sides, and bar lengths in per cent of the longest."""

    label: str
    current: float
    reference: float | None
    current_length: float
    reference_length: float


def steps(current: dict[str, Any], reference: dict[str, Any] | None) -> Steps | None:
    """Binned histograms as densities, both on one scale. None where there is nothing to draw."""
    edges = current["edges"]
    sides = [_densities(side["counts"], edges) if side else [] for side in (current, reference)]
    peak = max([density for side in sides for density in side], default=0.0)
    if not peak:
        return None
    drawn = [_step_path(side, edges, peak) for side in sides]
    middle = (edges[0] + edges[-1]) / 2
    return Steps(drawn[0], drawn[1], number(edges[0]), number(middle), number(edges[-1]))


def bars(current: dict[str, Any], reference: dict[str, Any] | None) -> tuple[Bar, ...]:
    """Bars per value; what is not listed, and what would not fit, together as the last."""
    names, ours = _listed(current)
    theirs = _listed(reference)[1] if reference else None
    # The rest is many values: it must not make the bars of single ones short.
    longest = max([*ours[:SHOWN_VALUES], *(theirs or [])[:SHOWN_VALUES]], default=0.0) or 1.0
    return tuple(
        Bar(
            name,
            ours[at],
            theirs[at] if theirs else None,
            _length(ours[at], longest),
            _length(theirs[at], longest) if theirs else 0.0,
        )
        for at, name in enumerate(names)
    )


def shares(counts: Sequence[int]) -> list[float]:
    """Counts as shares of their sum; all zero where there is none."""
    total = sum(counts) or 1
    return [count / total for count in counts]


def _listed(side: dict[str, Any]) -> tuple[list[str], list[float]]:
    names, counts = side["labels"][:SHOWN_VALUES], side["counts"]
    others = len(side["labels"]) - len(names)
    rest = sum(counts[SHOWN_VALUES:]) + side["other"]
    if not rest and not others:
        return names, shares(counts)
    label = f"{others} others" if others and not side["other"] else "others"
    return [*names, label], shares([*counts[:SHOWN_VALUES], rest])


def _densities(counts: Sequence[int], edges: Sequence[float]) -> list[float]:
    widths = [right - left or 1.0 for left, right in pairwise(edges)]
    return [share / width for share, width in zip(shares(counts), widths, strict=True)]


def _step_path(side: list[float], edges: Sequence[float], peak: float) -> str:
    if not any(side):
        return ""
    scale = WIDTH / (edges[-1] - edges[0] or 1.0)
    path = [f"M0 {HEIGHT}"]
    for density, right in zip(side, edges[1:], strict=True):
        path.append(f"V{_short(HEIGHT - density / peak * (HEIGHT - 4))}H{_short((right - edges[0]) * scale)}")
    return "".join([*path, f"V{HEIGHT}Z"])


def _short(coordinate: float) -> str:
    return f"{coordinate:.1f}".removesuffix(".0")


def _length(share: float, longest: float) -> float:
    return round(min(100.0, 100 * share / longest), 1)
