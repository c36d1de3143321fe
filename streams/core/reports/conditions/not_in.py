"""None of several."""

from typing import Any

from streams.core.reports.conditions.declaration import Condition, Expected, same


def _holds(value: Any, expected: Expected) -> bool:
    return not any(same(value, one) for one in expected.listed)


NOT_IN = Condition(
    name="not_in",
    words="none of",
    semantics="None of a list of numbers, texts, true or false.",
    holds=_holds,
    lists=True,
)
