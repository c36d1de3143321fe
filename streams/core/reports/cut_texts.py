"""Long texts of a report, cut: a category, a label or an error may be as long as a sender likes."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from streams.core.reports.results import Entry, Report, Slice, Sliced
from streams.core.reports.testing.outcome import Outcome

TEXT_CHARACTERS: Final = 256
REASON_CHARACTERS: Final = 1_000


def cut_text(text: str, most: int = TEXT_CHARACTERS) -> str:
    """The text where it has at most ``most`` characters; else its beginning, with its length and part of its SHA-256.

    The hash keeps texts apart that begin alike. What was cut has at most ``most`` characters, and is not cut again.
    """
    if len(text) <= most:
        return text
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]
    note = f"... [cut: {len(text):,} characters, SHA-256 {digest}]"
    return text[: most - len(note)] + note


@dataclass(slots=True)
class CutTextsState:
    """Cuts the texts of one report, and knows which ones it cut."""

    cut: set[str] = field(default_factory=set)

    def report(self, report: Report) -> Report:
        """Names of columns are cut everywhere alike, so that what is said of a column is still found by its name."""
        return msgspec.structs.replace(
            report,
            columns={self._text(name): kind for name, kind in report.columns.items()},
            entries=tuple(map(self._entry, report.entries)),
            tests=tuple(map(self._outcome, report.tests)),
            slices=tuple(map(self._sliced, report.slices)),
            reason=self._reason(report.reason),
        )

    def _entry(self, entry: Entry) -> Entry:
        return msgspec.structs.replace(
            entry,
            column=self._value(entry.column),
            parameters=self._value(entry.parameters),
            current=self._value(entry.current),
            reference=self._value(entry.reference),
            error=self._reason(entry.error),
        )

    def _outcome(self, outcome: Outcome) -> Outcome:
        cut = {name: self._value(getattr(outcome, name)) for name in ("column", "field", "expected", "value")}
        return msgspec.structs.replace(outcome, **cut, reason=self._reason(outcome.reason))

    def _sliced(self, sliced: Sliced) -> Sliced:
        slices = tuple(map(self._slice, sliced.slices))
        return msgspec.structs.replace(
            sliced, by=self._text(sliced.by), slices=slices, error=self._reason(sliced.error)
        )

    def _slice(self, part: Slice) -> Slice:
        entries, tests = tuple(map(self._entry, part.entries)), tuple(map(self._outcome, part.tests))
        named = {"name": self._text(part.name), "reason": self._reason(part.reason)}
        return msgspec.structs.replace(part, **named, entries=entries, tests=tests)

    def _value(self, value: Any) -> Any:
        match value:
            case str():
                return self._text(value)
            case dict():
                return {self._text(name): self._value(each) for name, each in value.items()}
            case list() | tuple():
                return [self._value(each) for each in value]
            case _:
                return value

    def _reason(self, reason: str | None) -> str | None:
        return None if reason is None else self._text(reason, REASON_CHARACTERS)

    def _text(self, text: str, most: int = TEXT_CHARACTERS) -> str:
        if len(text) <= most:
            return text
        self.cut.add(text)
        return cut_text(text, most)
