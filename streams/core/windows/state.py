"""Windows over one partition of the `collected` log: records in, closed windows out, exactly once.

What comes out is a function of the records alone: of their order, never of a clock, of how often one looks, or of
restarts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from streams.core.segments import decode
from streams.core.windows.account import Account, decode_account
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.copies import CopiesState, LogCopy
from streams.core.windows.errors import LogDisorderError, LogIncompleteError
from streams.core.windows.open_windows import Moment, OpenWindowsState
from streams.core.windows.plan import WindowPlan
from streams.core.windows.progress import (
    LogProgress,
    PlanProgress,
    Progress,
    ProgressRecord,
    copies_record,
    log_record,
    parted,
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
    """`restart` is the log offset to begin at after a restart: rows that wait are in copies and in the log from there
    on. `records` are those that changed since the last checkpoint; once they are committed, nobody needs the
    `outdated` copies.
    """

    restart: int
    records: tuple[ProgressRecord, ...]
    outdated: tuple[LogCopy, ...] = ()


ReadCopy = Callable[[LogCopy], Sequence[CollectedRecord]]


def _no_copies(copy: LogCopy) -> Sequence[CollectedRecord]:
    raise KeyError(copy.name)


class WindowsState:
    """All plans of one partition of the log.

    Use: `restore` once, `fold` each record from the offset that it returned on; store what the closed windows become,
    and the copies that `take_copies` has; then commit, in one transaction, what `checkpoint` returns together with
    the manifests. After a failed transaction make a new one. `copy_bytes`: see `CopiesState`.
    """

    def __init__(self, copy_bytes: int | None = None) -> None:
        self._copy_bytes = copy_bytes
        self._copies = CopiesState(copy_bytes)
        self._plans: dict[str, OpenWindowsState] = {}
        self._watermarks = Watermarks()
        self._next = 0
        self._last: int | None = None
        self._changed = False
        self._expected: dict[str, PlanProgress] = {}
        self._restart = self._begin = 0

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

    @property
    def border(self) -> int:
        """Below this log offset copies stand for the log."""
        return self._copies.border

    @property
    def copies(self) -> tuple[LogCopy, ...]:
        """All copies that a restart would need now."""
        return self._copies.copies

    def take_copies(self) -> list[tuple[LogCopy, bytes]]:
        """Copies that were made since, with their content: to be stored before a checkpoint names them."""
        return self._copies.take()

    def restore(self, records: Iterable[ProgressRecord], read: ReadCopy = _no_copies) -> int:
        """Take up where the last checkpoint left off. Returns the log offset to read from: 0 where there is no
        progress.

        `records` are those of this partition, in the order of the compacted topic; `read` has the segments of a copy
        by their log offset. ValueError where they are damaged.
        """
        progress = read_progress(records)
        if progress is None:
            return 0
        self._plans = {key: OpenWindowsState(plan) for key, plan in progress.plans.items()}
        self._watermarks = progress.log.watermarks
        self._next, self._begin = progress.log.next, progress.log.restart
        self._restart = self._begin
        self._expected = dict(progress.plans)
        self._refill_from_copies(progress, read)
        return self._restart

    def fold(self, record: CollectedRecord) -> list[ClosedWindow]:
        """Take in the next record; only accounts close windows.

        LogDisorderError where records do not ascend, LogIncompleteError where rows are missing that have to be read
        again, and SourceGapError, SourceOverlapError or SourceTopicChangedError where accounts do not join: the state
        is void then. Records before the place to read from are passed over: whoever begins there has been replaced.
        """
        if self._last is not None and record.offset <= self._last:
            raise LogDisorderError(f"offset {record.offset} after {self._last}; fold each record once, in order")
        self._last = record.offset
        if record.offset < self._next:
            if record.offset >= self._begin:
                self._refill(record)
            return []
        self._check_refilled()
        self._next, self._changed = record.offset + 1, True
        self._copies.log_bytes += len(record.value)
        if record.kind == "segment":
            self._add(record)
            return []
        return self._account(record.offset, decode_account(record.value))

    def checkpoint(self) -> Checkpoint:
        """What has to be committed, together with the manifests of all windows closed since the last one."""
        if not self._changed:
            return Checkpoint(self._restart, ())
        waiting = (plan.oldest_from(self.border) for plan in self._plans.values())
        self._restart = min([self._next, *(oldest for oldest in waiting if oldest is not None)])
        changed = [plan for _, plan in sorted(self._plans.items()) if plan.changed]
        records = [plan_record(plan.progress()) for plan in changed]
        for plan in changed:
            plan.changed = False
        self._changed = False
        if (copies := self._copies.news()) is not None:
            records.append(copies_record(copies))
        log = LogProgress(self._next, self._restart, self._watermarks, self.border, self._copies.log_bytes)
        written = tuple(part for record in (*records, log_record(log)) for part in parted(record))
        return Checkpoint(self._restart, written, self._copies.outdated())

    def _add(self, record: CollectedRecord) -> None:
        segment = decode(record.value)
        self._plan(segment.plan).add(record.offset, segment)

    def _plan(self, plan: WindowPlan) -> OpenWindowsState:
        if plan.config_hash not in self._plans:
            self._plans[plan.config_hash] = OpenWindowsState(PlanProgress(plan))
        return self._plans[plan.config_hash]

    def _account(self, offset: int, account: Account) -> list[ClosedWindow]:
        before_ms, self._watermarks = self._watermarks.at("ingest", 0), self._watermarks.after(account)
        for plan in account.plans.values():
            self._plan(plan)
        partitions = [part.partition for part in account.ranges]
        for key, state in self._plans.items():
            state.hear(partitions, account.dropped.get(key, ()), served=key in account.plans)
        moment = Moment(offset, self._watermarks)
        closed = [window for _, state in sorted(self._plans.items()) for window in state.close(moment)]
        if self._copies.is_due(before_ms, self._watermarks.at("ingest", 0)):
            self._copies.cut(offset + 1, {at: each.value for plan in self._plans.values() for at, each in plan.held()})
        return closed

    def _refill_from_copies(self, progress: Progress, read: ReadCopy) -> None:
        found = {copy: read(copy) for copy in progress.copies}
        self._copies = CopiesState(self._copy_bytes, progress.log.border, progress.log.log_bytes)
        self._copies.restore({copy: (record.offset for record in records) for copy, records in found.items()})
        every = (record for records in found.values() for record in records)
        for record in sorted(every, key=lambda record: record.offset):
            self._refill(record)

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
