"""One of several."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected, same


def _holds(value: Any, expected: Expected) -> bool:
    return any(same(value, one) for one in expected.listed)


IS_IN = Condition(
    name="in",
    words="one of",
    semantics="One of a list of numbers, texts, true or false.",
    holds=_holds,
    lists=True,
)
