"""Less or equal."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected


def _holds(value: Any, expected: Expected) -> bool:
    return bool(value <= expected.high)


LTE = Condition(
    name="lte",
    words="at most",
    semantics="A number or below; the reference and its tolerance or below.",
    holds=_holds,
    orders=True,
)
