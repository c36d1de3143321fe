"""Outcomes of single tests on single values."""

from typing import Any

from streams.core.reports.results import Entry
from streams.core.reports.testing.config import ReportTest
from streams.core.reports.testing.run import run_tests


def of_value(value: Any, **condition: Any) -> str:
    """How a test of a value without reference ends."""
    return _status(Entry(metric="accuracy", current={"value": value}), condition)


def of_reference(value: Any, reference: Any, **condition: Any) -> str:
    """How a test of a value beside a reference's ends."""
    return _status(Entry(metric="accuracy", current={"value": value}, reference={"value": reference}), condition)


def _status(entry: Entry, condition: dict[str, Any]) -> str:
    test = ReportTest.model_validate({"metric": "accuracy", **condition})
    (outcome,) = run_tests([entry], [test])
    return outcome.status.value
