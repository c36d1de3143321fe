"""Equal."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected, is_number, same


def _holds(value: Any, expected: Expected) -> bool:
    return (
        (expected.low <= value <= expected.high)
        if is_number(value) and is_number(expected.bound)
        else same(value, expected.bound)
    )


EQ = Condition(
    name="eq",
    words="equal to",
    semantics="Equal to a number, text, true or false; to the reference within the tolerance.",
    holds=_holds,
)
