"""Windows over one partition of the `collected` log: records in, closed windows out, exactly once.

What comes out is a function of the records alone: of their order, never of a clock, of how often one looks, or of
restarts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from streams.core.segments import decode
from streams.core.windows.account import Account, decode_account
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.errors import LogDisorderError, LogIncompleteError
from streams.core.windows.open_windows import Moment, OpenWindowsState
from streams.core.windows.plan import WindowPlan
from streams.core.windows.progress import (
    LogProgress,
    PlanProgress,
    ProgressRecord,
    log_record,
    plan_record,
    read_progress,
)
from streams.core.windows.watermarks import Watermarks


@dataclass(frozen=True, slots=True)
class CollectedRecord:
    """One record of the log. `kind` is what its header says. A segment's value is kept until its rows are batched."""

    offset: int
    kind: Literal["segment", "account"]
    value: bytes | pa.Buffer


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`restart` is the log offset to begin at after a restart: rows that wait are in the log alone. `records` are those
    that changed since the last checkpoint.
    """

    restart: int
    records: tuple[ProgressRecord, ...]


class WindowsState:
    """All plans of one partition of the log.

    Use: `restore` once, `fold` each record from the offset that it returned on; store what the closed windows become;
    then commit, in one transaction, what `checkpoint` returns together with their manifests. After a failed transaction
    make a new one.
    """

    def __init__(self) -> None:
        self._plans: dict[str, OpenWindowsState] = {}
        self._watermarks = Watermarks()
        self._next = 0
        self._last: int | None = None
        self._changed = False
        self._expected: dict[str, PlanProgress] = {}
        self._restart = 0

    @property
    def watermarks(self) -> Watermarks:
        """How far time has passed."""
        return self._watermarks

    def open_rows(self) -> dict[str, int]:
        """Rows in open windows, late ones included, by collector."""
        return self._by_collector("waiting")

    def open_dropped(self) -> dict[str, int]:
        """Dropped events that are counted in open windows, by collector."""
        return self._by_collector("dropped")

    def restore(self, records: Iterable[ProgressRecord]) -> int:
        """Take up where the last checkpoint left off. Returns the log offset to read from: 0 where there is no
        progress.

        `records` are those of this partition, in the order of the compacted topic. ValueError where they are damaged.
        """
        progress = read_progress(records)
        if progress is None:
            return 0
        self._plans = {key: OpenWindowsState(plan) for key, plan in progress.plans.items()}
        self._watermarks = progress.log.watermarks
        self._next, self._restart = progress.log.next, progress.log.restart
        self._expected = dict(progress.plans)
        return self._restart

    def fold(self, record: CollectedRecord) -> list[ClosedWindow]:
        """Take in the next record; only accounts close windows.

        LogDisorderError where records do not ascend, LogIncompleteError where rows are missing that have to be read
        again, and SourceGapError, SourceOverlapError or SourceTopicChangedError where accounts do not join: the state
        is void then.
        """
        if self._last is not None and record.offset <= self._last:
            raise LogDisorderError(f"offset {record.offset} after {self._last}; fold each record once, in order")
        self._last = record.offset
        if record.offset < self._next:
            self._refill(record)
            return []
        self._check_refilled()
        self._next, self._changed = record.offset + 1, True
        if record.kind == "segment":
            self._add(record)
            return []
        return self._account(record.offset, decode_account(record.value))

    def checkpoint(self) -> Checkpoint:
        """What has to be committed, together with the manifests of all windows closed since the last one."""
        if not self._changed:
            return Checkpoint(self._restart, ())
        self._restart = min([self._next, *(plan.oldest for plan in self._plans.values() if plan.oldest is not None)])
        changed = [plan for _, plan in sorted(self._plans.items()) if plan.changed]
        records = [plan_record(plan.progress()) for plan in changed]
        for plan in changed:
            plan.changed = False
        self._changed = False
        log = LogProgress(self._next, self._restart, self._watermarks)
        return Checkpoint(self._restart, (*records, log_record(log)))

    def _add(self, record: CollectedRecord) -> None:
        segment = decode(record.value)
        self._plan(segment.plan).add(record.offset, segment)

    def _plan(self, plan: WindowPlan) -> OpenWindowsState:
        if plan.config_hash not in self._plans:
            self._plans[plan.config_hash] = OpenWindowsState(PlanProgress(plan))
        return self._plans[plan.config_hash]

    def _account(self, offset: int, account: Account) -> list[ClosedWindow]:
        self._watermarks = self._watermarks.after(account)
        for plan in account.plans.values():
            self._plan(plan)
        partitions = [part.partition for part in account.ranges]
        for key, state in self._plans.items():
            state.hear(partitions, account.dropped.get(key, ()), served=key in account.plans)
        moment = Moment(offset, self._watermarks)
        return [closed for _, state in sorted(self._plans.items()) for closed in state.close(moment)]

    def _refill(self, record: CollectedRecord) -> None:
        if record.kind == "segment":
            segment = decode(record.value)
            self._plan(segment.plan).refill(record.offset, segment)

    def _check_refilled(self) -> None:
        """Every row that progress says is waiting has to have come again."""
        for key, expected in self._expected.items():
            found = self._plans[key].waiting
            if found != expected.waiting:
                raise LogIncompleteError(
                    f"{expected.waiting} rows of collector {expected.plan.collector_id!r} wait in the log from offset "
                    f"{expected.oldest} on, {found} came: the log keeps rows for less time than a window is open; "
                    "restore it, or process the source again into new topics"
                )
        self._expected = {}

    def _by_collector(self, what: Literal["waiting", "dropped"]) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for state in self._plans.values():
            counts[state.plan.collector_id] += getattr(state, what)
        return dict(counts)
