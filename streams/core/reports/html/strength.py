"""How strongly a column has drifted, on one scale for p-values and distances: 1 is the threshold."""

import math
from typing import Any, Final

_SMALLEST: Final = 1e-300


def strength(drift: dict[str, Any]) -> float:
    """Strength of a `value_drift` value: 0 and up, 1 at the threshold.

    Distances count in thresholds; p-values gain 1 for every power of ten that they are below theirs.
    """
    score: float | str | None = drift["score"]
    threshold: float = drift["threshold"]
    if not isinstance(score, int | float):
        return 0.0
    if drift["drifted_when"].startswith("<"):
        return max(0.0, 1 + math.log10(max(threshold, _SMALLEST) / max(score, _SMALLEST)))
    return max(0.0, score / max(threshold, _SMALLEST))


def level(value: float) -> int:
    """A strength as one of five levels: 0 none, 1 below the threshold, 2 to 4 above it."""
    return sum(value >= bound for bound in (0.5, 1.0, 2.0, 4.0))


def place(value: float) -> float:
    """Where a strength stands on a meter from 0 to 100 that has the threshold in its middle."""
    return round(100 * value / (1 + value), 1)
