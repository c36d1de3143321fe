"""The window stage's state for one partition of `collected`: a fold over its log.

Batches are a function of the log. A restart reads again from where the oldest rows stand: records before
`upto` only refill what is
pending, records from there on are folded as ever. The batches are those of a run without a restart, byte for
byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from streams.core.segments import Segment, decode
from streams.core.windows.account import decode_account
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.open_plan import OpenPlanState, PlanProgress, restored
from streams.core.windows.plan import WindowPlan
from streams.core.windows.sources import SourcesState

SOURCES_KEY = b"sources"


@dataclass(frozen=True, slots=True)
class CollectedRecord:
    """A record of the `collected` log."""

    offset: int
    kind: Literal["segment", "account"]
    value: bytes


class SourcesProgress(msgspec.Struct, frozen=True):
    """How far the log is folded (`upto`, exclusive), and what was known of the source there."""

    upto: int
    sources: SourcesState


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`restart` is the log offset to begin at; `records` (key, value) are those that changed since the last
    checkpoint.
    """

    restart: int
    records: tuple[tuple[bytes, bytes], ...]


@dataclass(slots=True)
class WindowsState:
    """Open windows of every plan in one partition of `collected`.

    LogContinuityError from `fold` where the log does not account for all of the source; the stage has to stop
    then.
    """

    next_offset: int = 0
    _upto: int = 0
    _sources: SourcesState = field(default_factory=SourcesState)
    _plans: dict[str, OpenPlanState] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)
    _oldest: dict[str, int | None] = field(default_factory=dict)

    def restore(self, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Take up where a checkpoint left off; a later record of a key replaces an earlier one."""
        for key, value in dict(records).items():
            if key == SOURCES_KEY:
                progress = msgspec.json.decode(value, type=SourcesProgress)
                self._upto, self._sources = progress.upto, progress.sources
            else:
                plan = msgspec.json.decode(value, type=PlanProgress)
                self._plans[key.decode()] = restored(plan)
                self._oldest[key.decode()] = plan.oldest

    def fold(self, record: CollectedRecord) -> Iterator[ClosedWindow]:
        """Take a record in; yield the windows that it closes. Exhaust the iterator before the next call."""
        self.next_offset = record.offset + 1
        if record.kind == "segment":
            yield from self._segment(record.offset, decode(record.value))
        elif record.offset >= self._upto:
            yield from self._account(record.offset, record.value)

    def checkpoint(self) -> Checkpoint:
        """What has to be committed, together with the manifests of all windows that closed since the last
        one.
        """
        upto = max(self._upto, self.next_offset)
        records = [(SOURCES_KEY, msgspec.json.encode(SourcesProgress(upto, self._sources)))]
        for name in sorted(self._changed):
            progress = self._plans[name].progress()
            self._oldest[name] = progress.oldest
            records.append((name.encode(), msgspec.json.encode(progress)))
        self._changed = set()
        restart = min([upto, *(oldest for oldest in self._oldest.values() if oldest is not None)])
        return Checkpoint(restart, tuple(records))

    def open_rows(self) -> dict[str, int]:
        """Rows in open windows, by collector."""
        rows: dict[str, int] = {}
        for state in self._plans.values():
            rows[state.plan.collector_id] = rows.get(state.plan.collector_id, 0) + state.rows
        return rows

    def _segment(self, offset: int, segment: Segment) -> Iterator[ClosedWindow]:
        name = segment.plan.config_hash
        if offset < self._upto:
            if name in self._plans:
                self._plans[name].refill(offset, segment)
            return
        state = self._open(segment.plan)
        state.add(offset, segment)
        if segment.plan.order == "arrival":
            yield from self._close(state, offset)

    def _account(self, offset: int, value: bytes) -> Iterator[ClosedWindow]:
        account = decode_account(value)
        self._sources.apply(account)
        for name, plan in account.plans.items():
            if account.dropped.get(name):
                self._open(plan).count(account.dropped[name])
        for name, state in self._plans.items():
            for closed in self._close(state, offset):
                self._changed.add(name)
                yield closed

    def _close(self, state: OpenPlanState, offset: int) -> Iterator[ClosedWindow]:
        return state.close(self._sources.watermark_ms(state.plan.clock), offset, self._sources.topic)

    def _open(self, plan: WindowPlan) -> OpenPlanState:
        self._changed.add(plan.config_hash)
        if plan.config_hash not in self._plans:
            self._plans[plan.config_hash] = OpenPlanState(plan)
        return self._plans[plan.config_hash]
