"""Labels as texts, and which of them are one label.

A number is a label by its value, whatever its type and however it is written: 1, 1.0, "1", "1.0" and a decimal 1.00 are
one label, and a float of 32 bits is the number that it is written as, 0.1. A text counts as a number where it is one in
plain digits: "007", "+1" and "1e3" are texts. True is 1 and false is 0 beside labels of 0 and 1, written as texts too.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

_PLAIN_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_TRUTHS: Final = {"true": "1", "false": "0"}


def label_text(value: Any) -> str | None:
    """A value as a label: truth as in JSON, numbers in plain digits and as short as can be.

    None where it is none, as blank text is not.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        return _shortened(f"{exact:f}") if exact.is_finite() else None
    text = "" if value is None else str(value)
    return text if text.strip() else None


def same(label: str) -> str:
    """What all texts of one label have in common."""
    number = _number_text(label)
    return _TRUTHS.get(number, number)


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Each label once, by number where all are numbers, else by text."""
    distinct = {_number_text(label) for label in labels}
    if distinct & set(_TRUTHS.values()):
        distinct = {_TRUTHS.get(label, label) for label in distinct}
    return ordered(distinct)


def ordered(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, by number where all are numbers, else as texts."""
    distinct = set(texts)
    numbers = {text: _number(text) for text in distinct}
    if None in numbers.values():
        return tuple(sorted(distinct))
    return tuple(sorted(distinct, key=lambda text: (numbers[text] or 0.0, text)))


def _number_text(label: str) -> str:
    return _shortened(label) if _PLAIN_NUMBER.fullmatch(label) else label


def _shortened(digits: str) -> str:
    """Without zeros at the end of a fraction, and without the sign of zero."""
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if short == "-0" else short


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
