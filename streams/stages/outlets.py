"""The outlets stage: snapshots in, sent to where collectors want them besides topic and object store.

A stage of its own, so that a UI that is away holds back nothing but what is to be sent. What a server refuses for good
is logged and counted, and passed by: the snapshot stays on its topic and in the object store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from streams.core.collectors.collector import Collector
from streams.core.collectors.outlets import EvidentlyUi
from streams.core.events.messages import Headers, RawMessages
from streams.core.snapshots import Snapshot
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics
from streams.outlets.errors import OutletRefusedError, OutletUnavailableError
from streams.outlets.evidently_ui import EvidentlyUiOutlet
from streams.stages.runner import Checkpoint

logger = logging.getLogger(__name__)

Decode = Callable[[bytes, Headers | None], Snapshot]
ReadWhole = Callable[[Snapshot], Snapshot | None]
"""The snapshot that another one is a claim on; None where a later one, still to come, has taken its place."""


@dataclass(slots=True)
class OutletsState:
    """The outlets stage's processor (see `runner.Processor`). Keeps nothing but where it stands."""

    snapshots: str
    collectors: Mapping[str, Collector]
    decode: Decode
    evidently: EvidentlyUiOutlet
    metrics: Metrics
    whole: ReadWhole
    _next: dict[int, int] = field(default_factory=dict)
    _done: list[tuple[str, str]] = field(default_factory=list)

    def prepare(self, raw: RawMessages) -> None:
        """Nothing is done ahead."""

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew at the committed offsets."""
        del partition_count
        self._next = {start.partition: start.offset for start in starts}
        self._done = []

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """Send every snapshot of a chunk, those too that follow one whose outlet is away.

        Raises OutletUnavailableError or StoreUnavailableError: the chunk is offered again, and what was sent before is
        found to be there.
        """
        outcomes, away = [], None
        for snapshot, outlet in self._wanted(chunk.raw):
            try:
                outcomes.append((snapshot.collector_id, self._send(outlet, snapshot)))
            except OutletUnavailableError as error:
                away = error
        if away is not None:
            raise away
        self._done += outcomes
        for partition, offset in zip(chunk.raw.partitions.tolist(), chunk.raw.offsets.tolist(), strict=True):
            self._next[partition] = offset + 1
        return ()

    def tick(self, tick: Tick) -> bool:
        """Time means nothing to this stage."""
        del tick
        return False

    def checkpoint(self) -> Checkpoint:
        """The next snapshots to send."""
        done, self._done = self._done, []
        return Checkpoint(
            offsets=[SourceOffset(self.snapshots, partition, next_) for partition, next_ in self._next.items()],
            committed=partial(self._count, done),
        )

    def _wanted(self, raw: RawMessages) -> Iterator[tuple[Snapshot, EvidentlyUi]]:
        for value, headers in zip(raw.values, raw.headers, strict=True):
            snapshot = None if value is None else self.decode(value, headers)
            collector = None if snapshot is None else self.collectors.get(snapshot.collector_id)
            # Evidently has one snapshot for each point of time: revisions of model quality stay with us.
            if snapshot is not None and collector is not None and snapshot.labels_used is None:
                yield from ((snapshot, outlet) for outlet in collector.outlets)

    def _send(self, outlet: EvidentlyUi, snapshot: Snapshot) -> str:
        whole = self.whole(snapshot)
        if whole is None:
            return "replaced"
        try:
            return "sent" if self.evidently.deliver(outlet, whole) else "there"
        except OutletRefusedError as error:
            logger.error("snapshot %s of collector %s: %s", snapshot.id, snapshot.collector_id, error)  # noqa: TRY400 - the text says all
            return "refused"

    def _count(self, done: Sequence[tuple[str, str]]) -> None:
        for collector, outcome in done:
            self.metrics.outlet_snapshots.labels(collector, outcome).inc()
