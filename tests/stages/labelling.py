"""The label stage on logs that a test makes: no broker, no threads, crashes where the test wants them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from streams.core.batches.manifest import Manifest, encode_manifest
from streams.core.collectors.collector import Collector
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import RawMessages
from streams.core.snapshots import Snapshot
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.scan import Record
from streams.kafka.transactions import Outgoing
from streams.metrics import Metrics, create_metrics
from streams.stages.job_processes import Answer, Job, JobProcesses, Lost, never
from streams.stages.label import LabelSettings, LabelState
from streams.stages.label_decoding import LabelDecodingState
from streams.stages.report import ReportSettings
from streams.stages.report_process import initialise
from streams.stages.snapshot_encoding import snapshot_encoding
from streams.stores.folder import FolderObjects
from tests.core.batches.closed_windows import collector_of
from tests.stored_batches import put_batch

REVISE_MS = 10_000
WAIT_MS = 3_600_000
SETTINGS = LabelSettings(
    "labels",
    "dead-letters",
    ReportSettings("batches", "snapshots", *snapshot_encoding("json", 500_000)),
    wait_ms=WAIT_MS,
    batches_ms=30 * 86_400_000,
    revise_ms=REVISE_MS,
)
SCHEMAS = LocalSchemas([(Path(__file__).parents[2] / "schemas" / "label.avsc").read_text()])


class HereProcesses:
    """Computes at once, in this process."""

    def run(
        self, compute: Callable[[Job], Answer], jobs: Sequence[Job], given_up: Callable[[], bool] = never
    ) -> Sequence[Answer | Lost]:
        del given_up
        return [compute(job) for job in jobs]


@dataclass
class LogFeed:
    """A topic of one partition as the stage follows it."""

    log: list[Record]
    positions: dict[int, int] = field(default_factory=lambda: {0: 0})

    def catch_up(self) -> Iterator[Record]:
        yield from self.poll()

    def poll(self) -> Sequence[Record]:
        found = self.log[self.positions[0] :]
        self.positions[0] = len(self.log)
        return found

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class LabelRun:
    """Topics, object store and commits of one run; `stage` is the worker that runs now.

    `read` is where the worker is in the log, `now_ms` the time that ticks tell.
    """

    folder: Path
    collector: Collector = field(default_factory=lambda: collector_of(id="scores"))
    labels: list[bytes] = field(default_factory=list)
    batches: list[Record] = field(default_factory=list)
    committed: Start = field(default_factory=lambda: Start(0, 0, ""))
    outgoing: list[Outgoing] = field(default_factory=list)
    metrics: Metrics = field(default_factory=create_metrics)
    processes: JobProcesses = field(default_factory=HereProcesses)
    read: int = 0
    now_ms: int = 1_000

    def __post_init__(self) -> None:
        self.store = FolderObjects(self.folder)
        initialise(str(self.folder), None, self.folder)
        self.start()

    def start(self) -> None:
        """A worker begins at what is committed; one that ran before is gone, as after SIGKILL."""
        self.stage = LabelState(
            SETTINGS,
            {self.collector.id: self.collector},
            self.store,
            self.processes,
            LabelDecodingState(SCHEMAS, Limits()),
            lambda: LogFeed(self.batches),
            self._read_back,
            self.metrics,
        )
        self.read = self.committed.offset
        self.stage.assign([self.committed], 1)

    def label(self, *labels: Mapping[str, Any] | bytes) -> None:
        """Append labels to the log."""
        self.labels += [each if isinstance(each, bytes) else json.dumps(each).encode() for each in labels]

    def batch(self, *events: Mapping[str, Any], hour: int = 0, late: Sequence[Mapping[str, Any]] = ()) -> Manifest:
        """Publish a batch of an hour, and events that came late beside it."""
        in_time, beside = ([{"model": {"id": "m"}, **each} for each in some] for some in (events, late))
        manifest = put_batch(self.store, self.collector, in_time, hour, late=beside)
        self.announce(manifest)
        return manifest

    def announce(self, manifest: Manifest) -> None:
        self.batches.append(Record(0, len(self.batches), self.now_ms, None, encode_manifest(manifest), {}))

    def take(self, most: int = 1_000_000) -> None:
        """The worker reads so many labels as a chunk."""
        raw = self._raw(self.read, min(self.read + most, len(self.labels)))
        if len(raw):
            self.read += len(raw)
            prepared: Future[Any] = Future()
            prepared.set_result(self.stage.prepare(raw))
            messages: Any = [_Message(value or b"", self.read) for value in raw.values]
            assert self.stage.process(Chunk(1, raw, messages, 0, prepared)) == ()

    def tick(self, after_ms: int = 0) -> bool:
        self.now_ms += after_ms
        return self.stage.tick(Tick(1, self.now_ms, {}))

    def commit(self) -> None:
        """What the worker has to commit becomes durable."""
        checkpoint = self.stage.checkpoint()
        self.outgoing += checkpoint.outgoing
        for each in checkpoint.offsets:
            self.committed = Start(each.partition, each.offset, each.metadata)
        checkpoint.committed()

    def settle(self) -> None:
        """Read everything, let a revision become due, commit."""
        self.take()
        self.tick()
        self.tick(REVISE_MS)
        self.commit()

    def snapshots(self) -> list[Snapshot]:
        """Every snapshot on the topic."""
        return [Snapshot.from_json_bytes(each.value or b"") for each in self.outgoing if each.topic == "snapshots"]

    def latest(self) -> dict[str, bytes]:
        """The last published snapshot of each batch."""
        return {each.batch_id: each.to_json_bytes() for each in self.snapshots()}

    def log(self) -> RawMessages:
        """All labels that there are."""
        return self._raw(0, len(self.labels))

    def counted(self, outcome: str) -> float:
        return self.metrics.registry.get_sample_value("streams_labels_total", {"outcome": outcome}) or 0

    def _raw(self, first: int, end: int) -> RawMessages:
        count = end - first
        return RawMessages(
            topic="labels",
            values=list(self.labels[first:end]),
            partitions=np.zeros(count, np.int32),
            offsets=np.arange(first, end, dtype=np.int64),
            timestamps_ms=np.full(count, 5_000, np.int64),
            headers=[None] * count,
        )

    def _read_back(self, until: int) -> Iterator[RawMessages]:
        if until:
            yield self._raw(0, until)


@dataclass(frozen=True)
class _Message:
    """As much of a message as a dead letter takes over."""

    content: bytes
    place: int

    def value(self) -> bytes:
        return self.content

    def topic(self) -> str:
        return "labels"

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.place

    def key(self) -> None:
        return None

    def headers(self) -> None:
        return None


@pytest.fixture
def run(tmp_path: Path) -> LabelRun:
    return LabelRun(tmp_path)
