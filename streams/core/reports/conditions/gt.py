"""Greater."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected


def _holds(value: Any, expected: Expected) -> bool:
    return bool(value > expected.high)


GT = Condition(
    name="gt",
    words="above",
    semantics="Above a number, or the reference and its tolerance.",
    holds=_holds,
    orders=True,
)
