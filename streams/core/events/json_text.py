"""JSON values one message at a time, by the same rule as JSON events in blocks (see `json_events`).

NaN, Infinity and -Infinity are numbers, the first of repeated keys counts, trailing commas are forgiven. Python's
`json` reads and writes the numbers, and is told of the keys.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final

import msgspec

from streams.core.events.rejects import MalformedError

_ODD_NUMBER: Final = re.compile(r'("(?:[^"\\]|\\.)*")|(-?)(?:(nan)|inf(?:inity)?)', re.IGNORECASE)
_LONGEST_INTEGER: Final = 400  # digits; beyond it is infinite as a double


def loaded(value: bytes) -> Any:
    """JSON value. ValueError or RecursionError where it is none, or is not spelt as Python's `json` writes it."""
    return _DECODER.decode(value.decode())


def respelt(text: str) -> bytes:
    """JSON text with numbers that are not finite as Python's `json` writes them."""
    return _ODD_NUMBER.sub(_python_spelling, text).encode()


def written(value: Any) -> bytes:
    """Value as JSON; MalformedError where it holds what cannot be said. A decimal is a number, bytes are Base64."""
    try:
        return _ENCODER.encode(value).encode()
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise MalformedError(f"event: {error}; send values that JSON has") from error


def _python_spelling(found: re.Match[str]) -> str:
    return found[1] or ("NaN" if found[3] else f"{found[2]}Infinity")


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else {**found, **dict(reversed(pairs))}


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _plain(value: object) -> object:
    """What JSON has no type for, as `msgspec` writes it: bytes, moments, UUIDs; and decimals as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value.as_tuple().exponent == 0 else float(value)
    return msgspec.to_builtins(value)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_first_of_each, parse_int=_integer)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
