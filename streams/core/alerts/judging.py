"""What a snapshot says about each reason for an alert."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from streams.core.alerts.alert import Alert
from streams.core.collectors.alerts import AlertRule, Reason
from streams.core.ids import alert_id
from streams.core.reports.cut_texts import REASON_CHARACTERS, cut_text
from streams.core.reports.verdicts import VERDICTS
from streams.core.snapshot_summary import NAMED
from streams.core.snapshots import Snapshot


def judged(snapshot: Snapshot, rule: AlertRule) -> tuple[Reason, ...] | None:
    """The rule's reasons that hold; none where all is well; None where the snapshot says nothing about any of them."""
    answers = {reason: _JUDGES[reason](snapshot) for reason in rule.on if reason in _JUDGES}
    if all(answer is None for answer in answers.values()):
        return None
    return tuple(reason for reason, answer in answers.items() if answer)


def alert_of(snapshot: Snapshot, rule: AlertRule, reasons: tuple[Reason, ...], streak: int, at_ms: int) -> Alert:
    """The alert about a snapshot."""
    summary, drift = snapshot.summary, snapshot.drift
    reason = None if snapshot.reason is None else cut_text(snapshot.reason, REASON_CHARACTERS)
    drifted = [cut_text(str(name)) for name in drift.get("drifted_columns", ())[:NAMED]]
    return Alert(
        id=alert_id(snapshot.collector_id, rule.name, snapshot.id),
        collector_id=snapshot.collector_id,
        rule=rule.name,
        reasons=reasons,
        streak=streak,
        at_ms=at_ms,
        start_ms=snapshot.start_ms,
        end_ms=snapshot.end_ms,
        text=_text(snapshot, reasons, drifted, reason, streak),
        snapshot_id=snapshot.id,
        batch_id=snapshot.batch_id,
        verdict=snapshot.verdict.value,
        error=reason,
        drifted_columns=tuple(drifted),
        drifted_count=drift.get("count", 0),
        failed_tests=summary.failed_tests,
        failed_count=summary.failed_count,
    )


def _drift(snapshot: Snapshot) -> bool | None:
    return VERDICTS[snapshot.verdict].drift


def _failed_tests(snapshot: Snapshot) -> bool | None:
    """A test that could not be held against anything has not passed. One that is undecided says nothing."""
    summary = snapshot.summary
    return summary.failed_count > 0 if summary.decided_count else None


def _error(snapshot: Snapshot) -> bool | None:
    return VERDICTS[snapshot.verdict].is_error


_JUDGES: Mapping[Reason, Callable[[Snapshot], bool | None]] = {
    "drift": _drift,
    "failed_tests": _failed_tests,
    "error": _error,
}


def _text(
    snapshot: Snapshot, reasons: tuple[Reason, ...], drifted: Sequence[str], reason: str | None, streak: int
) -> str:
    summary, drift = snapshot.summary, snapshot.drift
    count, failed = drift.get("count", 0), summary.failed_count
    said = {
        "drift": f"drift in {count} of {drift.get('columns', '?')} columns{_first(drifted, count)}",
        "failed_tests": f"{failed} tests failed{_first(summary.failed_tests, failed)}",
        "error": f"{VERDICTS[snapshot.verdict].headline.lower()}: {reason}",
    }
    row = "" if streak == 1 else f", {streak} in a row"
    return f"{snapshot.collector_id}: {'; '.join(said[reason] for reason in reasons)}{row}"


def _first(names: Sequence[str], count: int) -> str:
    return f" ({', '.join(names[:3])}{', ...' if count > 3 else ''})" if names else ""  # noqa: PLR2004 - of a line
