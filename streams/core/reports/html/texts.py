"""Numbers, shares and moments as a reader likes them."""

import math
from typing import Any, Final

from streams.core.reports.labels import instant

NOTHING: Final = "–"  # noqa: RUF001 - an en dash on purpose
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN_FROM: Final = 1e-3
_PLAIN_TO: Final = 1e9
_DIGITS: Final = 4


def number(value: Any) -> str:
    """Four significant digits, thousands apart, very small and large ones with a power of ten; text as it is."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return {"Infinity": "∞", "-Infinity": "-∞"}.get(value, value)
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < _PLAIN_TO):
        return f"{int(value):,}"
    if not _PLAIN_FROM <= abs(value) < _PLAIN_TO:
        return _with_power(value)
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_power(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPTS)}"  # noqa: RUF001 - a multiplication sign


def share(value: float | None) -> str:
    """A share as per cent, with a decimal below ten."""
    if value is None:
        return NOTHING
    percent = value * 100
    if 0 < percent < 0.1:  # noqa: PLR2004 - what one decimal can show
        return "<0.1%"
    return f"{percent:.0f}%" if percent >= 9.95 or percent == 0 else f"{percent:.1f}%"  # noqa: PLR2004


def moment(epoch_ms: int) -> str:
    """Date and time to the minute, seconds and milliseconds only where they are not zero."""
    text = instant(epoch_ms)[:-1].replace("T", " ")
    return text.removesuffix(".000").removesuffix(":00") if text.endswith(":00.000") else text.removesuffix(".000")


def window(start_ms: int | None, end_ms: int | None, sequence: int | None) -> str:
    """A window by its bounds in UTC, its number where it has one, or both."""
    parts = []
    if start_ms is not None and end_ms is not None:
        start, end = moment(start_ms), moment(end_ms)
        until = end[11:] if start[:10] == end[:10] else end
        parts.append(f"{start} – {until} UTC")  # noqa: RUF001 - an en dash between bounds
    if sequence is not None:
        parts.append(f"window {sequence:,}")
    return ", ".join(parts)


def short(identity: str) -> str:
    """The first digits of a hash."""
    return identity[:12]
