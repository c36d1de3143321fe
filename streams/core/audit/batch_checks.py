"""Checks between the `collected` log and the batches: each kept row is in one batch, or waits in an open window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from streams.core.audit.batch_ledger import BatchLedger
from streams.core.audit.findings import Finding
from streams.core.audit.places import Places, doubled, joined, some, within
from streams.core.windows.plan import UNPROCESSABLE, WindowPlan
from streams.core.windows.progress import PlanProgress

Rows = Mapping[int, Places]


@dataclass(frozen=True, slots=True)
class PlanSide:
    """One plan as the log has it: all rows within `bounds`, and `folded`, those that the window stage has taken in.

    `progress` is what the window stage committed last (None: nothing). `exact` says that nothing was committed
    meanwhile and all of the log was read: only then is every row that waits known. `dropped` are the counts of
    accounts that the window stage has taken in, None where some of them are out of sight.
    """

    plan: WindowPlan
    topic: str
    bounds: Mapping[int, tuple[int, int]]
    rows: Rows
    folded: Rows
    progress: PlanProgress | None
    exact: bool
    dropped: Mapping[str, int] | None

    @property
    def where(self) -> str:
        """The plan in words."""
        return f"collector {self.plan.collector_id} (configuration {self.plan.config_hash})"


def check_batches(side: PlanSide, ledger: BatchLedger) -> tuple[list[Finding], Rows]:
    """What is wrong, and which rows within bounds lie in batches."""
    batches = _batches(side, ledger)
    merged = {p: joined(rows[p] for rows in batches.values() if p in rows) for p in side.bounds}
    findings = [
        *_in_two(side, batches, merged),
        *_unknown(side, batches),
        *_missing(side, ledger, merged),
        *_counts(side, ledger),
    ]
    return findings, merged


def check_refused(ledger: BatchLedger, letters: Mapping[str, int]) -> Iterator[Finding]:
    """Each row that a batch could not hold has a dead letter: `letters` counts these by batch."""
    for batch, found in ledger.announced.items():
        refused = found.manifest.dropped.get(UNPROCESSABLE, 0)
        if refused != letters.get(batch, 0):
            problem = f"{refused} of its rows are dead letters by its manifest, {letters.get(batch, 0)} are there"
            yield Finding("dead letters", found.where, problem)


def _batches(side: PlanSide, ledger: BatchLedger) -> dict[str, Rows]:
    return {
        batch: {p: within(places, side.bounds[p]) for p, places in rows.items() if p in side.bounds}
        for batch, rows in ledger.rows.items()
        if ledger.announced[batch].manifest.plan.config_hash == side.plan.config_hash
    }


def _in_two(side: PlanSide, batches: Mapping[str, Rows], merged: Rows) -> Iterator[Finding]:
    twice = {partition: doubled(places) for partition, places in merged.items()}
    number = sum(map(len, twice.values()))
    if number:
        holders = [each for each, rows in batches.items() if any(np.isin(twice[p], rows[p]).any() for p in rows)]
        problem = f"{number} rows are in two batches ({', '.join(holders[:4])}): {some(side.topic, twice)}"
        yield Finding("batch rows", side.where, problem)


def _unknown(side: PlanSide, batches: Mapping[str, Rows]) -> Iterator[Finding]:
    for batch, rows in batches.items():
        extra = {p: np.setdiff1d(places, side.rows.get(p, places[:0])) for p, places in rows.items()}
        number = sum(map(len, extra.values()))
        if number:
            problem = f"{number} rows are in no segment: {some(side.topic, extra)}"
            yield Finding("batch rows", f"batch {batch} of {side.where}", problem)


def _missing(side: PlanSide, ledger: BatchLedger, merged: Rows) -> Iterator[Finding]:
    absent = {p: np.setdiff1d(places, merged.get(p, places[:0])) for p, places in side.folded.items()}
    number = sum(map(len, absent.values()))
    waiting = side.progress.waiting if side.progress else 0
    sampled = dropped_at_close(side, ledger)
    expected = waiting + sampled
    if number > expected or (side.exact and number < expected):
        problem = (
            f"{number} kept rows are in no batch, but {waiting} wait in open windows and {sampled} were dropped as"
            f" windows closed: {some(side.topic, absent)}"
        )
        yield Finding("batch rows", side.where, problem)


def dropped_at_close(side: PlanSide, ledger: BatchLedger) -> int:
    """How many kept rows are in no batch because the operators of their window dropped them."""
    reasons = side.plan.reasons_at_close
    return sum(count for reason, count in _totals(side, ledger).items() if reason in reasons)


def _totals(side: PlanSide, ledger: BatchLedger) -> Counter[str]:
    total: Counter[str] = Counter()
    for found in ledger.announced.values():
        if found.manifest.plan.config_hash == side.plan.config_hash:
            total.update(found.manifest.dropped)
    return total


def _counts(side: PlanSide, ledger: BatchLedger) -> Iterator[Finding]:
    """Every dropped event is counted in one manifest, or waits in the progress of an open window."""
    if side.dropped is None or not side.exact:
        return
    own = side.plan.reasons_at_close
    told = Counter({reason: n for reason, n in _totals(side, ledger).items() if reason not in own})
    for _, reason, number in side.progress.dropped if side.progress else ():
        told[reason] += number
    for reason in sorted(set(told) | set(side.dropped)):
        if told[reason] != side.dropped.get(reason, 0):
            problem = (
                f"{side.dropped.get(reason, 0)} events were dropped, manifests and open windows count {told[reason]}"
            )
            yield Finding("dropped counts", f"{side.where}, reason {reason}", problem)
