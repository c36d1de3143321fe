"""The rules over the log of snapshots: what to remember of a collector, and which alerts a snapshot gives."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from streams.core.alerts.alert import Alert
from streams.core.alerts.judging import alert_of, judged
from streams.core.alerts.rules import RuleProgress, well, worse
from streams.core.collectors.alerts import AlertRule
from streams.core.snapshots import Snapshot
from streams.core.windows.times import NEVER_MS

SEEN_AT_MOST = 100


class CollectorProgress(msgspec.Struct, frozen=True):
    """What the rules of one collector remember of its batches' reports, or of its model quality, as of one place.

    `seen` has the ids of its latest snapshots, oldest first: one that is published again changes nothing. Model quality
    is revised as labels come: there it has the batches that were bad once, which count no more. Of older ones nothing
    is known but that their windows began at `forgotten_ms` or before; such a window gives no alert any more.
    """

    rules: dict[str, RuleProgress] = {}
    seen: tuple[tuple[str, int], ...] = ()
    forgotten_ms: int = NEVER_MS


def after(
    progress: CollectorProgress, rules: Sequence[AlertRule], snapshot: Snapshot, at_ms: int
) -> tuple[CollectorProgress, tuple[Alert, ...]]:
    """What is remembered once a snapshot is read that the log recorded at `at_ms`, and the alerts that it gives."""
    start_ms = NEVER_MS if snapshot.start_ms is None else snapshot.start_ms
    subject = snapshot.batch_id if snapshot.kind else snapshot.id
    known = any(each == subject for each, _ in progress.seen)
    if known or NEVER_MS < start_ms <= progress.forgotten_ms:
        return progress, ()
    remembered = dict(progress.rules)
    alerts: list[Alert] = []
    bad = False
    for rule in rules:
        if rule.watches_snapshots:
            before = remembered.get(rule.name, RuleProgress())
            remembered[rule.name], found = _after(before, rule, snapshot, at_ms)
            alerts += found
            bad |= remembered[rule.name].streak > before.streak
    seen = (*progress.seen, (subject, start_ms)) if bad or not snapshot.kind else progress.seen
    gone = seen[: max(0, len(seen) - SEEN_AT_MOST)]
    forgotten_ms = max([progress.forgotten_ms, *(each for _, each in gone)])
    return CollectorProgress(remembered, seen[len(gone) :], forgotten_ms), tuple(alerts)


def _after(
    before: RuleProgress, rule: AlertRule, snapshot: Snapshot, at_ms: int
) -> tuple[RuleProgress, Sequence[Alert]]:
    reasons = judged(snapshot, rule)
    if reasons is None:
        return before, ()
    if not reasons:
        return well(before), ()
    progress, alerts = worse(before, rule, before.streak + 1, at_ms)
    return progress, [alert_of(snapshot, rule, reasons, progress.streak, at_ms)] if alerts else ()
