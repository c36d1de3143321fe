"""The collect stage over a frozen stretch: what would be its transactions become entries of the run's log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.core.events.messages import RawMessages
from streams.core.replay.job import FrozenRange, ReplayJob
from streams.core.windows.times import FOREVER_MS, NEVER_MS
from streams.kafka.frozen import Polled, chunk_of
from streams.kafka.items import Start, Tick
from streams.kafka.records import KIND, kind_said
from streams.kafka.transactions import Outgoing
from streams.stages.collect import CollectState
from streams.stores.runs import LogEntry, RunStore

Read = Callable[[Sequence[FrozenRange]], Iterator[Polled]]
_ENTRY_BYTES = 16_000_000
_ENTRY_S = 2.0


@dataclass(slots=True)
class CollectReplayState:
    """Takes the run up behind the last entry of its log, or begins it.

    A partition that was read to its frozen end is idle from then on: nothing more of it belongs to the run. The time
    up to which nothing came is when offsets were frozen, so that the clock does not show. `refused` yields partition
    and offset of the records that the live stage took for ones from a future that had not come: it is not asked again.
    """

    job: ReplayJob
    run: RunStore
    collect: CollectState
    read: Read
    collected: str
    refused: Callable[[], Iterable[tuple[int, int]]]
    _refused: frozenset[tuple[int, int]] = frozenset()
    _number: int = 0
    _pending: list[Outgoing] = field(default_factory=list)
    _bytes: int = 0
    _due_at: float = 0.0

    def entries(self) -> Iterator[LogEntry]:
        """Every entry of the run's log, first those that are there, then new ones as they are made."""
        offsets = {each.partition: (each.first, "") for each in self.job.offsets}
        for entry in self.run.entries():
            self._number += 1
            offsets = {partition: (next_, metadata) for partition, next_, metadata in entry.offsets}
            yield entry
        starts = [Start(partition, next_, metadata) for partition, (next_, metadata) in sorted(offsets.items())]
        self.collect.assign(starts, len(self.job.offsets))
        self._refused = frozenset(self.refused())
        yield from self._read([msgspec.structs.replace(r, first=offsets[r.partition][0]) for r in self.job.offsets])

    def _read(self, ranges: Sequence[FrozenRange]) -> Iterator[LogEntry]:
        known: frozenset[int] = frozenset()
        self._due_at = time.monotonic() + _ENTRY_S
        for polled in self.read(ranges):
            if polled.messages:
                self._process(polled)
            if polled.ended != known or self._bytes >= _ENTRY_BYTES or time.monotonic() >= self._due_at:
                known = polled.ended
                yield self._entry(known)
        yield self._entry(frozenset(each.partition for each in ranges))

    def _process(self, polled: Polled) -> None:
        chunk = chunk_of(self.collect.settings.source, polled, self.collect.prepare, self._presents)
        outgoing = self.collect.process(chunk)
        kept = [each for each in outgoing if each.topic == self.collected]  # dead letters are there already
        self._pending += kept
        self._bytes += sum(len(each.value or b"") for each in kept)

    def _presents(self, raw: RawMessages) -> NDArray[np.int64]:
        """What makes the collect stage decide as it did live: the clock alone says nothing about what was read then."""
        presents = np.full(len(raw), self.job.created_ms)
        for partition, until in self.job.decided.items():
            presents[(raw.partitions == partition) & (raw.offsets < until)] = FOREVER_MS
        if self._refused:
            places = zip(raw.partitions.tolist(), raw.offsets.tolist(), strict=True)
            presents[[row for row, place in enumerate(places) if place in self._refused]] = NEVER_MS
        return presents

    def _entry(self, ended: frozenset[int]) -> LogEntry:
        self.collect.tick(Tick(0, self.job.created_ms, dict.fromkeys(sorted(ended), 0)))
        made = self.collect.checkpoint()
        records = [*self._pending, *made.outgoing]
        entry = LogEntry(
            tuple((kind_said(dict(each.headers or ()).get(KIND), "replay"), each.value or b"") for each in records),
            tuple((each.partition, each.offset, each.metadata) for each in made.offsets),
        )
        self.run.append(self._number, entry)
        self._number, self._pending, self._bytes = self._number + 1, [], 0
        self._due_at = time.monotonic() + _ENTRY_S
        return entry
