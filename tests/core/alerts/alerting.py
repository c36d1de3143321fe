"""Snapshots and rules for the tests of alerts."""

from typing import Any

import msgspec

from streams.core.collectors.alerts import AlertRule
from streams.core.reports.testing.outcome import Outcome, Status
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import Snapshot
from tests.core.test_snapshots import make_snapshot

HOUR_MS = 3_600_000
_WELL = make_snapshot()
_DRIFTED = make_snapshot(mean=9)


def rule(**parts: Any) -> AlertRule:
    """A rule without quiet time that looks for drift."""
    return AlertRule.model_validate({"on": ["drift"], "quiet": "0s"} | parts)


def snapshot(number: int, verdict: Verdict = Verdict.NOT_DRIFTED, *tests: Status) -> Snapshot:
    """The snapshot of the hour of that number."""
    made = _DRIFTED if verdict is Verdict.DRIFTED else _WELL
    outcomes = tuple(
        Outcome(metric="row_count", field="rows", condition="gte", expected=1_000, value=100, status=status)
        for status in tests
    )
    assert made.report is not None
    report = msgspec.structs.replace(made.report, tests=outcomes)
    error = "no reference" if verdict is Verdict.ERROR else None
    return msgspec.structs.replace(
        made,
        id=f"{number:032x}",
        start_ms=number * HOUR_MS,
        end_ms=(number + 1) * HOUR_MS,
        report=None if error else report,
        verdict=verdict,
        error=error,
    )
