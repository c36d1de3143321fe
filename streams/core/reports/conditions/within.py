"""Close to the reference."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected


def _holds(value: Any, expected: Expected) -> bool:
    return bool(expected.low <= value <= expected.high)


WITHIN = Condition(
    name="within",
    words="within",
    semantics="At most this share of the size of the reference away from it: 0.1 or 10%.",
    holds=_holds,
    orders=True,
)
