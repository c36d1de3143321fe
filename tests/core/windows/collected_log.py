"""A `collected` log as collect workers write it, from events that a test spells out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import numpy as np

from streams.core import segments
from streams.core.ids import config_hash
from streams.core.windows.account import Account, SourceRange, encode_account
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.drops import buckets, count_drops
from streams.core.windows.keys import joined, keys_of
from streams.core.windows.plan import Trigger, WindowPlan
from streams.core.windows.slots import Maxima, slots, timeline
from streams.core.windows.state import CollectedRecord, WindowsState
from streams.core.windows.times import NEVER_MS
from tests.core.blocks import block_of

Message = tuple[Literal["segment", "account"], bytes]
MINUTE = 60_000


@dataclass(frozen=True)
class Event:
    """An event of the source: its time, when Kafka recorded it (None: at once), and whether collectors keep it."""

    time: int
    recorded: int | None = None
    kept: bool = True


Source = Mapping[int, Sequence[Event]]


def plan_of(trigger: Trigger, **more: Any) -> WindowPlan:
    """A plan whose configuration hash tells it from others."""
    plan = WindowPlan(more.pop("collector_id", "c"), "", trigger, **more)
    return msgspec.structs.replace(plan, config_hash=more.get("config_hash") or config_hash(msgspec.to_builtins(plan)))


@dataclass
class WriterState:
    """Collect workers, as far as the log shows them: where each source partition was read to, and its maxima."""

    source: Source
    plans: Sequence[WindowPlan]
    source_partitions: int = 0
    max_bytes: int = 1_000_000
    next: dict[int, int] = field(default_factory=dict)
    maxima: dict[int, Maxima] = field(default_factory=dict)

    def transaction(
        self, counts: Mapping[int, int], idle: Mapping[int, int] | None = None, clock: int | None = None
    ) -> list[Message]:
        """Read `counts[p]` more events of each partition p; partition p of `idle` brought nothing until
        `idle[p]`, told by a worker whose clock is `clock` (None: it does not say).
        """
        idle = idle or {}
        ranges = {p: (self.next.get(p, 0), self.next.get(p, 0) + n) for p, n in counts.items()}
        messages, dropped, kept = self._segments(ranges)
        parts = tuple(self._range(p, *ranges[p], kept=kept, idle_until=idle.get(p)) for p in sorted(ranges))
        account = Account(
            "predictions",
            self.source_partitions or len(self.source),
            parts,
            {plan.config_hash: plan for plan in self.plans},
            dropped,
            clock,
        )
        self.next |= {p: last for p, (_, last) in ranges.items()}
        return [*messages, ("account", encode_account(account))]

    def _segments(self, ranges: Mapping[int, tuple[int, int]]) -> tuple[list[Message], dict, dict[int, int]]:
        events = [(p, o, self.source[p][o]) for p, (first, last) in ranges.items() for o in range(first, last)]
        if not events:
            return [], {}, {}
        block = block_of(
            [
                {"partition": p, "offset": o, "id": f"{p}-{o}", "time": e.time, "record_time": recorded(e)}
                for p, o, e in events
            ]
        )
        line = timeline(block, self.maxima)
        self.maxima |= line.maxima
        kept = np.array([e.kept for _, _, e in events])
        messages: list[Message] = []
        dropped = {}
        for plan in self.plans:
            placed = slots(line, plan.clock)
            codes = np.where(kept, -1, 0).astype(np.int16)
            dropped[plan.config_hash] = count_drops(codes, ["sampled"], buckets(placed, plan.clock))
            messages += [("segment", v) for v in segments.encode(block, kept, placed, plan, self.max_bytes)]
        return messages, dropped, {p: int(kept[block.partitions == p].sum()) for p in ranges}

    def _range(
        self, partition: int, first: int, last: int, *, kept: Mapping[int, int], idle_until: int | None
    ) -> SourceRange:
        maxima = self.maxima.get(partition, Maxima())
        return SourceRange(
            partition,
            first,
            last,
            at_ms=0 if idle_until is None else idle_until,
            events=last - first,
            collected=kept.get(partition, 0),
            max_event_time_ms=None if maxima.event_ms == NEVER_MS else maxima.event_ms,
            max_ingest_time_ms=None if maxima.ingest_ms == NEVER_MS else maxima.ingest_ms,
            idle_since_ms=idle_until,
        )


def recorded(event: Event) -> int:
    return event.time if event.recorded is None else event.recorded


def log_of(messages: Iterable[Message], first: int = 0) -> list[CollectedRecord]:
    """Give messages offsets, with the gaps that transaction markers leave."""
    return [CollectedRecord(first + 2 * number, kind, value) for number, (kind, value) in enumerate(messages)]


@dataclass(frozen=True)
class Told:
    """What a closed window is, row by row: (partition, offset) in order."""

    plan: str
    start: int
    end: int
    sequence: int
    rows: tuple[tuple[int, int], ...]
    late: tuple[tuple[int, int], ...]
    dropped: int

    @property
    def events(self) -> int:
        return len(self.rows) + len(self.late) + self.dropped


def told(closed: ClosedWindow) -> Told:
    arrival = closed.plan.order == "arrival"
    parts = [keys_of(each.batch, number, by_arrival=arrival) for number, each in enumerate(closed.segments)]
    keys = joined(parts).in_order()
    places = [(each.batch["partition"].to_pylist(), each.batch["offset"].to_pylist()) for each in closed.segments]
    rows = [
        (places[segment][0][row], places[segment][1][row])
        for segment, row in zip(keys.log_offsets.tolist(), keys.rows.tolist(), strict=True)
    ]
    late = keys.late.tolist()
    return Told(
        closed.plan.config_hash,
        closed.start_ms,
        closed.end_ms,
        closed.sequence,
        tuple(row for row, is_late in zip(rows, late, strict=True) if not is_late),
        tuple(row for row, is_late in zip(rows, late, strict=True) if is_late),
        sum(closed.dropped.values()),
    )


def folded(records: Iterable[CollectedRecord]) -> tuple[list[Told], WindowsState]:
    """Fold a whole log without a restart."""
    state = WindowsState()
    return [told(closed) for record in records for closed in state.fold(record)], state
