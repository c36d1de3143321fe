"""Every verdict that a report can have, and what it says to alerts, commands, pages and documents: one row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Verdict(StrEnum):
    """What a report says about drift."""

    DRIFTED = "drifted"
    NOT_DRIFTED = "not_drifted"
    NOT_COMPARABLE = "not_comparable"
    NO_ROWS = "no_rows"
    NO_REFERENCE = "no_reference"
    NOT_ASKED = "not_asked"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class VerdictMeaning:
    """What a verdict means, and how it is shown: a headline, a word for tables of slices, a colour and a sign.

    ``drift`` is its answer to alert rules on drift, None where it has none. ``is_error`` says that rules on errors
    hold, and that the report has a reason.
    """

    semantics: str
    headline: str
    word: str
    tone: str
    sign: str
    drift: bool | None = None
    is_error: bool = False


VERDICTS: Final[Mapping[Verdict, VerdictMeaning]] = MappingProxyType(
    {
        Verdict.DRIFTED: VerdictMeaning(
            semantics="The share of drifted columns reaches the configured one.",
            headline="Drift detected",
            word="drift",
            tone="bad",
            sign="▲",
            drift=True,
        ),
        Verdict.NOT_DRIFTED: VerdictMeaning(
            semantics="It does not.",
            headline="No drift",
            word="no drift",
            tone="good",
            sign="✓",
            drift=False,
        ),
        Verdict.NOT_COMPARABLE: VerdictMeaning(
            semantics="Too many of the reference's columns could not be compared, and the others have not drifted.",
            headline="Could not be compared",
            word="not comparable",
            tone="broken",
            sign="!",
            is_error=True,
        ),
        Verdict.NO_ROWS: VerdictMeaning(
            semantics="The window has no row that came in time: there is nothing to report on.",
            headline="No rows in time",
            word="no rows",
            tone="broken",
            sign="!",
            is_error=True,
        ),
        Verdict.NO_REFERENCE: VerdictMeaning(
            semantics="There is nothing to compare the batch with.",
            headline="No reference",
            word="no reference",
            tone="none",
            sign="○",
        ),
        Verdict.NOT_ASKED: VerdictMeaning(
            semantics="The report's configuration asks for no drift.",
            headline="Drift not checked",
            word="not checked",
            tone="none",
            sign="○",
        ),
        Verdict.ERROR: VerdictMeaning(
            semantics="There is no report, or no column could be compared.",
            headline="Report failed",
            word="failed",
            tone="broken",
            sign="✕",
            is_error=True,
        ),
    }
)
"""Verdicts by their name. A new one is a member above and a row here."""
