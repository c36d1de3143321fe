"""The audit as a whole: records and objects in, a report out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from streams.core.audit.batch_checks import PlanSide, Rows, check_batches, check_refused, dropped_at_close
from streams.core.audit.batch_ledger import BatchLedger
from streams.core.audit.findings import AuditReport, CollectorSummary, Finding, SourceSummary
from streams.core.audit.log_checks import (
    Bounds,
    PlanRows,
    check_collected,
    check_dead_letters,
    check_plan,
    common_bounds,
    rows_of,
)
from streams.core.audit.log_ledger import LogLedger
from streams.core.audit.snapshot_ledger import SnapshotLedger
from streams.core.audit.standstill import (
    Present,
    check_backlogs,
    check_collectors,
    check_partitions,
    check_windows,
)
from streams.core.windows.progress import Progress
from streams.core.windows.times import FOREVER_MS, NEVER_MS


@dataclass(frozen=True, slots=True)
class AuditScope:
    """What is audited: transactions of the collect stage from `from_ms` to `to_ms` (excluded), by the time they wrote.

    `collector` narrows it to one. `complete` says that every topic still holds all that was ever written to it.
    """

    from_ms: int = NEVER_MS
    to_ms: int = FOREVER_MS
    collector: str | None = None
    complete: bool = True

    @property
    def whole(self) -> bool:
        """Whether everything from beginning to end is looked at."""
        return self.complete and self.from_ms == NEVER_MS and self.to_ms == FOREVER_MS


@dataclass(frozen=True, slots=True)
class Committed:
    """What the stages committed before anything was read: next offsets of the source and of batches, by partition."""

    collect: Mapping[int, int] = field(default_factory=dict)
    report: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class AuditState:
    """Takes what topics and objects hold, in the order of each log; `report` then says what is wrong.

    `progress` has what the window stage committed for each partition of `collected`, as of before anything else was
    read, and whether it was still the same afterwards. With `present`, what stands still is found, too.
    """

    scope: AuditScope
    committed: Committed = field(default_factory=Committed)
    logs: dict[int, LogLedger] = field(default_factory=dict)
    letters: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    progress: dict[int, tuple[Progress | None, bool]] = field(default_factory=dict)
    batches: BatchLedger = field(default_factory=BatchLedger)
    snapshots: SnapshotLedger = field(default_factory=SnapshotLedger)
    present: Present | None = None

    def add_collected(
        self, partition: int, offset: int, timestamp_ms: int, kind: Literal["segment", "account"], value: bytes
    ) -> None:
        """Take a record of the `collected` log in."""
        log = self.logs.setdefault(partition, LogLedger(partition))
        if kind == "segment":
            log.add_segment(offset, value, timestamp_ms)
        elif self.scope.from_ms <= timestamp_ms < self.scope.to_ms:
            log.add_account(offset, value)

    def add_dead_letter(self, topic: str, partition: int, offset: int, batch: str | None = None) -> None:
        """Take note of a dead letter, by where its message stood, or by the batch that could not hold its event."""
        if batch is not None:
            self.refused[batch] += 1
            return
        self.letters.setdefault((topic, partition), []).append(offset)

    def wanted(self, collector: str) -> bool:
        """Whether a collector is looked at."""
        return self.scope.collector in (None, collector)

    def report(self) -> AuditReport:
        """Compare everything with everything."""
        logs = [log for _, log in sorted(self.logs.items())]
        bounds = common_bounds(logs)
        findings = [finding for log in logs for finding in log.findings]
        findings += [*self._uncovered(logs), *self._still(logs)]
        plans = [(log, key, check_plan(log, key, bounds)) for log, key in self._plans(logs)]
        findings += [finding for _, _, rows in plans for finding in rows.findings]
        sources = list(self._sources(logs, bounds, [rows for _, _, rows in plans], findings))
        collectors = [self._collector(log, key, rows, bounds, findings) for log, key, rows in plans]
        if self.scope.whole:
            findings += check_refused(self.batches, self.refused)
        findings += [*self.batches.findings, *self.snapshots.findings]
        findings += self.snapshots.check_reported(self.batches.current, self.committed.report)
        return AuditReport(
            sources=tuple(sources),
            collectors=tuple(collectors),
            batches=len(self.batches.announced),
            objects=self.batches.objects,
            snapshots=self.snapshots.number,
            backlogs=tuple(self.present.backlogs) if self.present else (),
            findings=tuple(findings),
        )

    def _plans(self, logs: Iterable[LogLedger]) -> Iterator[tuple[LogLedger, str]]:
        for log in logs:
            for key, plan in sorted(log.plans.items(), key=lambda each: (each[1].collector_id, each[0])):
                if self.wanted(plan.collector_id):
                    yield log, key

    def _uncovered(self, logs: Iterable[LogLedger]) -> Iterator[Finding]:
        """Every partition of the log has to speak of all that was read: from the beginning, to what is committed."""
        for log in logs:
            for partition, (first, end) in log.bounds().items():
                where = f"{log.source_topic}-{partition}, collected partition {log.partition}"
                earliest = min(other.bounds().get(partition, (first, end))[0] for other in self.logs.values())
                if self.scope.whole and first > earliest:
                    yield Finding("source ranges", where, f"gap: no account of offsets {earliest} to {first - 1}")
                following = self.committed.collect.get(partition, 0)
                if self.scope.to_ms == FOREVER_MS and following > end:
                    yield Finding("source ranges", where, f"gap: no account of offsets {end} to {following - 1}")

    def _still(self, logs: list[LogLedger]) -> Iterator[Finding]:
        if self.present is not None:
            yield from check_backlogs(self.present)
            yield from check_collectors(self.present, logs)
            yield from check_partitions(self.present, logs)

    def _sources(
        self, logs: list[LogLedger], bounds: Bounds, rows: list[PlanRows], findings: list[Finding]
    ) -> Iterator[SourceSummary]:
        spoken = next((log for log in logs if log.accounts), None)
        if spoken is None:
            return
        topic = spoken.source_topic
        ranges = {p: each.within(bounds[p]) for p, each in spoken.ranges().items() if p in bounds}
        letters = {p: self.letters.get((topic, p), []) for p in ranges}
        findings += check_dead_letters(topic, ranges, letters)
        if self.scope.collector is None:
            findings += check_collected(topic, ranges, [each.places for each in rows])
        for partition, each in ranges.items():
            events, collected, dead = (int(np.sum(column)) for column in (each.events, each.collected, each.dead))
            yield SourceSummary(
                partition=f"{topic}-{partition}",
                first=bounds[partition][0],
                next=bounds[partition][1],
                events=events,
                collected=collected,
                dropped=events - collected,
                dead=dead,
            )

    def _collector(
        self, log: LogLedger, key: str, rows: PlanRows, bounds: Bounds, findings: list[Finding]
    ) -> CollectorSummary:
        side = self._side(log, key, rows, bounds)
        found, rows_batched = check_batches(side, self.batches)
        findings += [*found, *self._windows(log, side, rows_batched)]
        batched = sum(map(len, rows_batched.values()))
        at_close = min(dropped_at_close(side, self.batches), max(0, rows.kept - batched))
        mine = [a for a in self.batches.announced.values() if a.manifest.plan.config_hash == key]
        return CollectorSummary(
            collector=side.plan.collector_id,
            config_hash=key,
            read=rows.read,
            kept=rows.kept,
            dropped=dict(rows.dropped),
            batches=len(mine),
            batched=batched,
            dropped_at_close=at_close,
            waiting=max(0, rows.kept - batched - at_close),
        )

    def _windows(self, log: LogLedger, side: PlanSide, batched: Rows) -> Iterator[Finding]:
        if self.present is not None:
            progress, _ = self.progress.get(log.partition, (None, True))
            manifests = (each.manifest for each in self.batches.announced.values())
            ends = (each.end_ms for each in manifests if each.plan.config_hash == side.plan.config_hash)
            watermarks = progress.log.watermarks if progress else None
            yield from check_windows(self.present, side, log, batched, max(ends, default=NEVER_MS), watermarks)

    def _side(self, log: LogLedger, key: str, rows: PlanRows, bounds: Bounds) -> PlanSide:
        progress, stable = self.progress.get(log.partition, (None, True))
        folded_to = progress.log.next if progress else 0
        counted: Counter[str] = Counter()
        for drops in log.drops.get(key, ()):
            if drops.log_offset < folded_to:
                counted.update(drops.reasons)
        return PlanSide(
            plan=log.plans[key],
            topic=log.source_topic,
            bounds=bounds,
            rows=rows.places,
            folded=rows_of(log, key, bounds, before=folded_to),
            progress=progress.plans.get(key) if progress else None,
            exact=stable and self.scope.whole,
            dropped=counted if self.scope.whole else None,
        )
