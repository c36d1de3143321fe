"""Greater or equal."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected


def _holds(value: Any, expected: Expected) -> bool:
    return bool(value >= expected.low)


GTE = Condition(
    name="gte",
    words="at least",
    semantics="A number or above; the reference less its tolerance or above.",
    holds=_holds,
    orders=True,
)
