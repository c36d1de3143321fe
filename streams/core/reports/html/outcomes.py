"""A report's tests as a page shows them: what failed first, what passed folded away."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from streams.core.reports.html.demands import SIGNS, demand, shown, subject
from streams.core.reports.html.texts import NOTHING
from streams.core.reports.testing.outcome import Outcome, Status

_TONES: Final = {Status.PASS: "good", Status.FAIL: "bad", Status.ERROR: "broken", Status.UNDECIDED: "none"}


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One test: what, what it was, what was asked, and a tone that picks the colour."""

    subject: str
    value: str
    demand: str
    reason: str
    sign: str
    tone: str


@dataclass(frozen=True, slots=True)
class OutcomesView:
    """All tests of a report, those to look at apart, with a sentence on them."""

    wrong: tuple[OutcomeView, ...]
    undecided: tuple[OutcomeView, ...]
    passed: tuple[OutcomeView, ...]
    summary: str
    tone: str


def outcomes_view(outcomes: Sequence[Outcome]) -> OutcomesView | None:
    """The tests of a report; None where there are none."""
    if not outcomes:
        return None
    by_status = {status: [one for one in outcomes if one.status is status] for status in Status}
    wrong = [*by_status[Status.FAIL], *by_status[Status.ERROR]]
    return OutcomesView(
        wrong=tuple(map(_view, wrong)),
        undecided=tuple(map(_view, by_status[Status.UNDECIDED])),
        passed=tuple(map(_view, by_status[Status.PASS])),
        summary=counted(outcomes),
        tone="bad" if by_status[Status.FAIL] else "broken" if wrong else "good" if by_status[Status.PASS] else "none",
    )


def counted(outcomes: Sequence[Outcome]) -> str:
    """`2 failed, 1 in error, 11 passed`, what there is none of left out; a dash where there are no tests."""
    return in_words(Counter(one.status.value for one in outcomes))


def in_words(counts: Mapping[str, int]) -> str:
    """The same of tests that are counted by status already."""
    words = {Status.FAIL: "failed", Status.ERROR: "in error", Status.UNDECIDED: "undecided", Status.PASS: "passed"}
    return ", ".join(f"{counts[status]} {word}" for status, word in words.items() if counts.get(status)) or NOTHING


def _view(outcome: Outcome) -> OutcomeView:
    return OutcomeView(
        subject=subject(outcome),
        value=NOTHING if outcome.value is None else shown(outcome.value),
        demand=demand(outcome),
        reason=outcome.reason or "",
        sign=SIGNS[outcome.status],
        tone=_TONES[outcome.status],
    )
