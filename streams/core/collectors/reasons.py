"""The names under which dropped events are counted."""

from __future__ import annotations

from collections.abc import Iterable


def numbered(types: Iterable[str]) -> tuple[str, ...]:
    """Return each operator's type, with `#1`, `#2` where it occurs more than once, so that each reason is one
    operator.
    """
    listed = tuple(types)
    return tuple(
        one if listed.count(one) == 1 else f"{one}#{listed[: position + 1].count(one)}"
        for position, one in enumerate(listed)
    )
