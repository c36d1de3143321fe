"""A snapshot's verdict in words."""

from dataclasses import dataclass

from streams.core.reports.html.texts import number, share
from streams.core.reports.results import Verdict
from streams.core.reports.testing.outcome import Status
from streams.core.snapshots import LabelsUsed, Snapshot


@dataclass(frozen=True, slots=True)
class VerdictView:
    """Headline, one sentence, and a tone that picks the colour: bad, warn, good, none or broken."""

    headline: str
    sentence: str
    tone: str
    sign: str


def verdict_view(snapshot: Snapshot) -> VerdictView:
    """What the page says first."""
    used = snapshot.labels_used
    if used is not None:
        return _quality_view(snapshot, used)
    if snapshot.verdict is Verdict.NOT_DRIFTED and snapshot.drift.get("count"):
        return VerdictView("Some columns drifted", _sentence(snapshot), "warn", "◐")
    headline, tone, sign = {
        Verdict.DRIFTED: ("Drift detected", "bad", "▲"),
        Verdict.NOT_DRIFTED: ("No drift", "good", "✓"),
        Verdict.NO_REFERENCE: ("No reference", "none", "○"),
        Verdict.NOT_ASKED: ("Drift not checked", "none", "○"),
        Verdict.ERROR: ("Report failed", "broken", "✕"),
    }[snapshot.verdict]
    return VerdictView(headline, _sentence(snapshot), tone, sign)


def _quality_view(snapshot: Snapshot, used: LabelsUsed) -> VerdictView:
    """How good the model was on the rows that have a label by now."""
    if snapshot.error is not None:
        return VerdictView("Model quality failed", snapshot.error, "broken", "✕")
    rows = f"{number(used.labelled)} rows ({share(used.share)}) have a label by now"
    tests = () if snapshot.report is None else snapshot.report.tests
    failed = sum(test.status is not Status.PASS for test in tests)
    if failed:
        word = "test" if failed == 1 else "tests"
        return VerdictView("Model quality too low", f"{failed} {word} failed; {rows}.", "bad", "▲")
    return VerdictView("Model quality", f"{rows}.", "good" if tests else "none", "✓" if tests else "◎")


def _sentence(snapshot: Snapshot) -> str:
    if snapshot.error is not None:
        return snapshot.error
    drift = snapshot.drift
    if drift:
        columns = "1 compared column" if drift["columns"] == 1 else f"{drift['columns']} compared columns"
        return (
            f"{drift['count']} of {columns} drifted ({share(drift['share'])}); "
            f"the batch counts as drifted from {share(drift['threshold'])} on."
        )
    if snapshot.verdict is Verdict.NO_REFERENCE:
        return "There is nothing to compare this batch with: set a reference for the collector."
    if snapshot.verdict is Verdict.NOT_ASKED:
        return "The report's configuration asks for no drift metric."
    return _dataset_error(snapshot)


def _dataset_error(snapshot: Snapshot) -> str:
    entry = None if snapshot.report is None else snapshot.report.of("dataset_drift")
    if entry is not None and entry.error is not None:
        return entry.error
    return "Decided by the share of drifted columns among those asked for."
