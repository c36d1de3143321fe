"""What a snapshot says about each reason for an alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from streams.core.alerts.alert import Alert
from streams.core.collectors.alerts import AlertRule, Reason
from streams.core.ids import alert_id
from streams.core.reports.testing.outcome import Outcome, Status
from streams.core.reports.verdicts import VERDICTS
from streams.core.snapshots import Snapshot

_NAMED = 20


def judged(snapshot: Snapshot, rule: AlertRule) -> tuple[Reason, ...] | None:
    """The rule's reasons that hold; none where all is well; None where the snapshot says nothing about any of them."""
    answers = {reason: _JUDGES[reason](snapshot) for reason in rule.on if reason in _JUDGES}
    if all(answer is None for answer in answers.values()):
        return None
    return tuple(reason for reason, answer in answers.items() if answer)


def alert_of(snapshot: Snapshot, rule: AlertRule, reasons: tuple[Reason, ...], streak: int, at_ms: int) -> Alert:
    """The alert about a snapshot."""
    drifted = [str(name) for name in snapshot.drift.get("drifted_columns", ())]
    failed = [_described(outcome) for outcome in _outcomes(snapshot) if outcome.status is not Status.PASS]
    return Alert(
        id=alert_id(snapshot.collector_id, rule.name, snapshot.id),
        collector_id=snapshot.collector_id,
        rule=rule.name,
        reasons=reasons,
        streak=streak,
        at_ms=at_ms,
        start_ms=snapshot.start_ms,
        end_ms=snapshot.end_ms,
        text=_text(snapshot, reasons, drifted, failed, streak),
        snapshot_id=snapshot.id,
        batch_id=snapshot.batch_id,
        verdict=snapshot.verdict.value,
        error=snapshot.reason,
        drifted_columns=tuple(drifted[:_NAMED]),
        drifted_count=len(drifted),
        failed_tests=tuple(failed[:_NAMED]),
        failed_count=len(failed),
    )


def _drift(snapshot: Snapshot) -> bool | None:
    return VERDICTS[snapshot.verdict].drift


def _failed_tests(snapshot: Snapshot) -> bool | None:
    """A test that could not be held against anything has not passed."""
    statuses = [outcome.status for outcome in _outcomes(snapshot)]
    return any(status is not Status.PASS for status in statuses) if statuses else None


def _error(snapshot: Snapshot) -> bool | None:
    return VERDICTS[snapshot.verdict].is_error


_JUDGES: Mapping[Reason, Callable[[Snapshot], bool | None]] = {
    "drift": _drift,
    "failed_tests": _failed_tests,
    "error": _error,
}


def _outcomes(snapshot: Snapshot) -> Iterator[Outcome]:
    """All tests, those of slices too."""
    if snapshot.report is not None:
        yield from snapshot.report.tests
        for sliced in snapshot.report.slices:
            for part in sliced.slices:
                yield from part.tests


def _described(outcome: Outcome) -> str:
    of_column = "" if outcome.column is None else f" of {outcome.column}"
    expected = "the reference" if outcome.of_reference else outcome.expected
    return f"{outcome.metric}.{outcome.field}{of_column}: {outcome.value} is not {outcome.condition} {expected}"


def _text(snapshot: Snapshot, reasons: tuple[Reason, ...], drifted: list[str], failed: list[str], streak: int) -> str:
    said = {
        "drift": f"drift in {len(drifted)} of {snapshot.drift.get('columns', '?')} columns{_first(drifted)}",
        "failed_tests": f"{len(failed)} tests failed{_first(failed)}",
        "error": f"{VERDICTS[snapshot.verdict].headline.lower()}: {snapshot.reason}",
    }
    row = "" if streak == 1 else f", {streak} in a row"
    return f"{snapshot.collector_id}: {'; '.join(said[reason] for reason in reasons)}{row}"


def _first(names: list[str]) -> str:
    return f" ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})" if names else ""  # noqa: PLR2004 - of a line
