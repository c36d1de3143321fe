"""Tests and their outcomes in words."""

from streams.core.reports.conditions.table import CONDITIONS
from streams.core.reports.html.texts import number
from streams.core.reports.testing.outcome import Outcome, Status

SIGNS = {Status.PASS: "✓", Status.FAIL: "✕", Status.ERROR: "!", Status.UNDECIDED: "◌"}


def subject(outcome: Outcome) -> str:
    """What was tested: `missing_values of amount: share`, the field left out where it is the only value."""
    column = f" of {outcome.column}" if outcome.column is not None else ""
    field = "" if outcome.field == "value" else f": {outcome.field}"
    return f"{outcome.metric}{column}{field}"


def demand(outcome: Outcome) -> str:
    """What was asked: `at least 0.8`, `within 0.078 of the reference's 0.782`."""
    words = CONDITIONS[outcome.condition].words if outcome.condition in CONDITIONS else outcome.condition
    if outcome.expected is None:
        return f"{words} the reference's" if outcome.of_reference else words
    if isinstance(outcome.expected, list):
        return f"{words} {', '.join(map(shown, outcome.expected))}"
    if outcome.condition == "within":
        return f"within {shown(outcome.tolerance)} of the reference's {shown(outcome.expected)}"
    if outcome.of_reference:
        return f"{words} the reference's {shown(outcome.expected)}{_tolerance(outcome)}"
    return f"{words} {shown(outcome.expected)}"


def shown(value: object) -> str:
    """A value of a test: numbers as on the pages, true and false as in JSON."""
    return str(value).lower() if isinstance(value, bool) else number(value)


def _tolerance(outcome: Outcome) -> str:
    visible = outcome.tolerance is not None and outcome.tolerance > abs(outcome.expected) * 1e-5
    return f" ± {shown(outcome.tolerance)}" if visible else ""
