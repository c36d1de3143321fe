"""A snapshot's verdict in words."""

from dataclasses import dataclass
from typing import Final

from streams.core.reports.html.texts import number, share
from streams.core.reports.verdicts import VERDICTS, Verdict
from streams.core.snapshots import LabelsUsed, Snapshot

_NAMED: Final = 5


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
    if snapshot.verdict is Verdict.NOT_DRIFTED and _uncompared(snapshot):
        return VerdictView("Some columns not compared", _sentence(snapshot), "warn", "◐")
    meaning = VERDICTS[snapshot.verdict]
    return VerdictView(meaning.headline, _sentence(snapshot), meaning.tone, meaning.sign)


def _quality_view(snapshot: Snapshot, used: LabelsUsed) -> VerdictView:
    """How good the model was on the rows that have a label by now."""
    if snapshot.error is not None:
        return VerdictView("Model quality failed", snapshot.error, "broken", "✕")
    rows = f"{number(used.labelled)} rows ({share(used.share)}) have a label by now"
    tests = () if snapshot.report is None else snapshot.report.tests
    few = snapshot.summary.too_few_labels
    if few is not None:
        return VerdictView("Too few labels yet", f"{few}.", "none", "◌")
    failed = sum(test.status.is_wrong for test in tests)
    if failed:
        word = "test" if failed == 1 else "tests"
        return VerdictView("Model quality too low", f"{failed} {word} failed; {rows}.", "bad", "▲")
    return VerdictView("Model quality", f"{rows}.", "good" if tests else "none", "✓" if tests else "◎")


def _sentence(snapshot: Snapshot) -> str:
    if snapshot.reason is not None:
        return snapshot.reason
    drift = snapshot.drift
    if drift:
        columns = "1 compared column" if drift["columns"] == 1 else f"{drift['columns']} compared columns"
        return (
            f"{drift['count']} of {columns} drifted ({share(drift['share'])}); "
            f"the batch counts as drifted from {share(drift['threshold'])} on.{_uncompared(snapshot)}"
        )
    if snapshot.verdict is Verdict.NO_REFERENCE:
        return "There is nothing to compare this batch with: set a reference for the collector."
    if snapshot.verdict is Verdict.NOT_ASKED:
        return "The report's configuration asks for no drift metric."
    return f"Decided by the share of drifted columns among those asked for.{_uncompared(snapshot)}"


def _uncompared(snapshot: Snapshot) -> str:
    """Which columns of the reference could not be compared; nothing where all could."""
    entries = () if snapshot.report is None else snapshot.report.entries
    failed = [entry.column for entry in entries if entry.metric == "value_drift" and entry.error and entry.column]
    names = sorted({*snapshot.drift.get("not_compared", {}), *failed})
    if not names:
        return ""
    more = ", ..." if len(names) > _NAMED else ""
    return f" {number(len(names))} of the reference could not be compared: {', '.join(names[:_NAMED])}{more}."
