"""Lengths of time as people write them in a collector file."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_TEXT = r"^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$"
_MILLISECOND = timedelta(milliseconds=1)
_LONGEST = timedelta(days=3660)


def parse_duration(value: object) -> timedelta:
    """Read `30s`, `10m`, `1h`, `1d`, `1w`, `250ms`, or a number of seconds, to the whole millisecond. Errors:
    ValueError.
    """
    match value:
        case timedelta():
            length = value
        case bool():
            raise ValueError("is not a duration; write 30s, 10m, 1h, 1d, or a number of seconds")
        case int() | float():
            length = _of(float(value), "s")
        case str() if found := re.match(_TEXT, value.strip()):
            length = _of(float(found[1]), found[2])
        case _:
            raise ValueError("is not a duration; write 30s, 10m, 1h, 1d, or a number of seconds")
    if length % _MILLISECOND or not timedelta(0) <= length <= _LONGEST:
        raise ValueError("is not a duration of whole milliseconds from 0 to 10 years; write 30s, 10m, 1h, 1d")
    return length


def _of(amount: float, unit: str) -> timedelta:
    try:
        return timedelta(**{_UNITS[unit]: amount})
    except (OverflowError, ValueError):
        raise ValueError("is not a duration that a calendar can hold; write 30s, 10m, 1h, 1d") from None


def positive(length: timedelta) -> timedelta:
    """Refuse zero. Errors: ValueError."""
    if not length:
        raise ValueError("has to be longer than 0; write 30s, 10m, 1h, 1d")
    return length


def milliseconds(length: timedelta) -> int:
    """Return a duration as whole milliseconds."""
    return length // _MILLISECOND


_SCHEMA = WithJsonSchema({"anyOf": [{"type": "string", "pattern": _TEXT}, {"type": "number", "minimum": 0}]})
Duration = Annotated[timedelta, BeforeValidator(parse_duration), _SCHEMA]
PositiveDuration = Annotated[timedelta, BeforeValidator(lambda value: positive(parse_duration(value))), _SCHEMA]
