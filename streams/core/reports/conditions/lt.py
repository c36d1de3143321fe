"""Less."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected


def _holds(value: Any, expected: Expected) -> bool:
    return bool(value < expected.low)


LT = Condition(
    name="lt",
    words="below",
    semantics="Below a number, or the reference less its tolerance.",
    holds=_holds,
    orders=True,
)
