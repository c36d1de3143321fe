"""Labels as texts, so that a target of 1 and a prediction of 1.0 are the same label."""

import math
from collections.abc import Iterable
from typing import Any


def label_text(value: Any) -> str | None:
    """A value as a label: truth as in JSON, whole numbers without a fraction. None where it is no label."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Each label once, by number where all are numbers, else by text."""
    distinct = set(labels)
    numbers = {label: _number(label) for label in distinct}
    if None in numbers.values():
        return tuple(sorted(distinct))
    return tuple(sorted(distinct, key=lambda label: (numbers[label] or 0.0, label)))


def _number(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None
