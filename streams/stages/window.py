"""The window stage: segments in, batches out.

Its state is rebuilt from the log: the offset it commits is that of the oldest rows in no batch yet, or in no copy of
what waits for long. Never closes anything by a clock.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from streams.core.alerts.alert import Alert
from streams.core.batches.build import build_batch
from streams.core.batches.manifest import Manifest, encode_manifest
from streams.core.events.messages import RawMessages
from streams.core.events.parse import PayloadParserState
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.copies import LogCopy
from streams.core.windows.plan import UNPROCESSABLE, WindowPlan
from streams.core.windows.state import CollectedRecord, WindowsState
from streams.core.windows.times import NEVER_MS
from streams.kafka.clients import check_paired
from streams.kafka.dead_letters import DEAD_LETTER_BYTES, row_letter
from streams.kafka.errors import GivenUpError
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.records import kind_of
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics
from streams.stages.alerts import count_alerts
from streams.stages.missing import MissingState
from streams.stages.runner import Checkpoint
from streams.stores.copies import CopyLostError, CopyStore
from streams.stores.errors import StoreUnavailableError
from streams.stores.objects import ObjectStore
from streams.stores.spill import SpillState

Outdated = Sequence[tuple[CopyStore, Sequence[LogCopy]]]
ReadProgress = Callable[[int], Iterable[tuple[bytes, bytes]]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """Topics; `dead_letters` is None where nobody is to hear of them, as in a replay. `progress` is compacted and has
    as many partitions as `collected`: partition k is about partition k. `copy_bytes`: see `CopiesState`. `partitions`
    is how many partitions they had at the start; None is not checked.
    """

    collected: str
    batches: str
    progress: str
    copy_bytes: int | None = None
    partitions: int | None = None
    dead_letters: str | None = None
    dead_letter_bytes: int = DEAD_LETTER_BYTES


@dataclass(slots=True)
class WindowState:
    """The window stage's processor (see `runner.Processor`). `read_progress` yields what partition k's last
    owner committed. Closed windows that `wants` refuses become no batches (a replay asks for some only).
    """

    settings: WindowSettings
    store: ObjectStore
    read_progress: ReadProgress
    metrics: Metrics
    wants: Callable[[ClosedWindow], bool] = lambda _closed: True
    missing: MissingState = field(default_factory=MissingState)
    _partitions: dict[int, WindowsState] = field(default_factory=dict)
    _touched: set[int] = field(default_factory=set)
    _folded: Chunk | None = None
    _closed: deque[ClosedWindow] = field(default_factory=deque)
    _copies: deque[tuple[CopyStore, LogCopy, bytes]] = field(default_factory=deque)
    _outgoing: list[Outgoing] = field(default_factory=list)
    _made: list[Manifest] = field(default_factory=list)
    _parser: PayloadParserState = field(default_factory=PayloadParserState)
    _spill: SpillState = field(default_factory=SpillState)

    def prepare(self, raw: RawMessages) -> None:
        """Nothing is done ahead."""

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew with what the progress records say; rows come back from copies, and as the log is read."""
        if (paired := self.settings.partitions) is not None:
            check_paired(self.settings.collected, partition_count, self.settings.progress, paired)
        records = {start.partition: list(self.read_progress(start.partition)) for start in starts}
        self._partitions = {partition: self._restored(partition, found) for partition, found in records.items()}
        self.missing.assign(records, partition_count)
        self._touched, self._folded = set(), None
        self._closed.clear()
        self._copies.clear()
        self._outgoing.clear()
        self._made = []
        self.metrics.open_rows.clear()
        self.metrics.watermark_lag_seconds.clear()
        self._tell_open_rows(self._partitions)

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """Fold a chunk once; then store copies, and the batches of all windows that closed, each object before its
        manifest.
        """
        if self._folded is not chunk:
            records = [  # may fail, while nothing is folded yet
                (message.partition() or 0, self.record(message.offset() or 0, kind_of(message), message.value() or b""))
                for message in chunk.messages
            ]
            for partition, record in records:
                self.fold(partition, record)
            self._folded = chunk
            self._spill.rest()
        return self.publish(chunk.given_up.is_set)

    def record(self, offset: int, kind: Literal["segment", "account"], value: bytes | memoryview) -> CollectedRecord:
        """A record to fold. Rows wait in files: memory does not bound how many there are in open windows."""
        return CollectedRecord(offset, kind, self._spill.keep(value) if kind == "segment" else value)

    def fold(self, partition: int, record: CollectedRecord) -> None:
        """Take in the next record of an assigned partition. Windows that close wait for `publish`."""
        closed = self._partitions[partition].fold(record)
        if record.kind == "account":
            self.missing.fold(partition, closed, self._partitions[partition].watermarks)
        self._closed.extend(window for window in closed if self.wants(window))
        self._copies.extend((self._shelf(partition), *made) for made in self._partitions[partition].take_copies())
        self._touched.add(partition)

    def publish(self, given_up: Callable[[], bool] = lambda: False) -> Sequence[Outgoing]:
        """Store copies, and the batches of all windows that closed; return what announces these, and the dead letters
        of rows that no batch can hold. GivenUpError once it is given up: thousands of windows may close at once.
        """
        while self._copies:
            shelf, copy, content = self._copies[0]
            shelf.put(copy, content)
            self._copies.popleft()
        while self._closed:
            if given_up():
                raise GivenUpError
            self._outgoing += self._publish(self._closed[0])
            self._closed.popleft()
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def tick(self, tick: Tick) -> bool:
        """Time means nothing to windows: what closes idle ones is in the log. It is asked only where the log is silent.

        Whether there is an alert on that to commit.
        """
        for partition, since_ms in tick.idle_since_ms.items():
            if partition in self._partitions:
                self.missing.silent(partition, tick.at_ms - since_ms, self._partitions[partition].watermarks)
        for partition, state in self._partitions.items():
            if (watermark_ms := state.watermarks.at("event", 0)) > NEVER_MS:
                behind_s = max(0, tick.at_ms - watermark_ms) / 1000
                self.metrics.watermark_lag_seconds.labels(partition).set(behind_s)
        return self.missing.has_news

    def watermark_ms(self, partition: int, plan: WindowPlan) -> int:
        """Up to when a plan's windows are closed, as far as an assigned partition of the log tells."""
        return self._partitions[partition].watermarks.at(plan.time, plan.allowed_lateness_ms)

    def waiting(self, partition: int, collector: str) -> int:
        """How many rows of a collector are in windows that are open."""
        return self._partitions[partition].open_rows().get(collector, 0)

    def checkpoint(self) -> Checkpoint:
        """Progress of every partition that was read, and where to begin again."""
        outgoing, offsets, outdated = [], [], []
        for partition in sorted(self._touched):
            made = self._partitions[partition].checkpoint()
            outgoing += [Outgoing(self.settings.progress, value, key, partition) for key, value in made.records]
            offsets.append(SourceOffset(self.settings.collected, partition, made.restart))
            outdated.append((self._shelf(partition), made.outdated))
        self._tell_open_rows(self._touched)
        self._touched = set()
        manifests, self._made = self._made, []
        news, alerts = self.missing.take()
        return Checkpoint([*outgoing, *news], offsets, partial(self._committed, manifests, alerts, outdated))

    def _restored(self, partition: int, records: Sequence[tuple[bytes, bytes]]) -> WindowsState:
        """CopyLostError where a copy is missing that progress still names: another owner may go on meanwhile."""
        state, shelf = WindowsState(self.settings.copy_bytes), self._shelf(partition)
        try:
            state.restore(records, partial(self._read, shelf))
        except CopyLostError:
            newer = list(self.read_progress(partition))
            if dict(newer) == dict(records):
                raise
            return self._restored(partition, newer)
        shelf.sweep(state.copies, state.border)
        self._spill.rest()
        return state

    def _read(self, shelf: CopyStore, copy: LogCopy) -> list[CollectedRecord]:
        return [self.record(offset, "segment", value) for offset, value in shelf.read(copy)]

    def _shelf(self, partition: int) -> CopyStore:
        return CopyStore(self.store, self.settings.progress, partition)

    def _tell_open_rows(self, partitions: Iterable[int]) -> None:
        for partition in partitions:
            for collector, rows in self._partitions[partition].open_rows().items():
                self.metrics.open_rows.labels(collector).set(rows)

    def _committed(self, manifests: Sequence[Manifest], alerts: Sequence[Alert], outdated: Outdated) -> None:
        count_alerts(self.metrics, alerts)
        with suppress(StoreUnavailableError):  # what stays is swept by the next owner
            for shelf, copies in outdated:
                shelf.remove(copies)
        for manifest in manifests:
            logger.info(
                "batch %s of collector %s: %s rows, %s late",
                manifest.batch_id,
                manifest.plan.collector_id,
                manifest.rows,
                manifest.late_rows,
            )
            self.metrics.batches.labels(manifest.plan.collector_id).inc()
            self.metrics.late_rows.labels(manifest.plan.collector_id).inc(manifest.late_rows)
            self.metrics.dead_letters.labels("window", UNPROCESSABLE).inc(manifest.dropped.get(UNPROCESSABLE, 0))

    def _publish(self, closed: ClosedWindow) -> list[Outgoing]:
        batch = build_batch(closed, self._parser)
        for key, content in batch.objects:
            self.store.put(key, content)
        value = encode_manifest(batch.manifest)
        self.store.put(f"{batch.manifest.batch_folder}/manifest.json", value)
        self._made.append(batch.manifest)
        letters = self.settings.dead_letters
        refused = (
            []
            if letters is None
            else [row_letter(letters, batch.manifest, row, self.settings.dead_letter_bytes) for row in batch.refused]
        )
        return [Outgoing(self.settings.batches, value, closed.plan.collector_id.encode()), *refused]
