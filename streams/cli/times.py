"""Times on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from streams.cli.exits import CommandError, Exit


def epoch_ms(text: str, option: str) -> int:
    """RFC 3339, UTC where it names no zone, as epoch milliseconds. Raises CommandError for what is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option} {text}: give a time such as 2026-11-21T12:00:00Z", Exit.USAGE) from None
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return round(zoned.timestamp() * 1000)


def optional_epoch_ms(text: str | None, option: str) -> int | None:
    """The same for an option that may be left out."""
    return None if text is None else epoch_ms(text, option)


def moment_text(ms: int | None) -> str:
    """An instant to the second."""
    import numpy as np

    if ms is None:
        return "?"
    moment = str(np.datetime_as_string(np.datetime64(ms, "ms"), unit="s"))  # a window may begin before the year 1
    return moment.replace("T", " ").removesuffix(":00")
