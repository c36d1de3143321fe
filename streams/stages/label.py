"""The label stage: labels in, snapshots of model quality out, revised as more labels come.

Its state is rebuilt from the log: recent labels are read again, batches are named by their topic, and the labels of a
batch lie in the object store under keys that say which stretch of the log they are from. What is committed is where
both topics stood when all labels read by then were in a published revision.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
import pyarrow as pa

from streams.core.collectors.collector import Collector
from streams.core.events.messages import RawMessages
from streams.core.events.schema_source import SchemaUnavailableError
from streams.core.labels.decode import DecodedLabels
from streams.kafka.dead_letters import DEAD_LETTER_BYTES, dead_letter
from streams.kafka.errors import GivenUpError, KafkaStageError, UnreachableError
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics
from streams.stages.job_processes import JobProcesses
from streams.stages.label_decoding import LabelDecodingState
from streams.stages.label_join import Feed, JoinState
from streams.stages.quality_process import QualityJob, qualities
from streams.stages.quality_publishing import published_quality
from streams.stages.report import ReportSettings, report_job
from streams.stages.runner import Checkpoint
from streams.stores.errors import StoreUnavailableError
from streams.stores.labels import add_labels, stored_labels
from streams.stores.objects import ObjectStore

logger = logging.getLogger(__name__)

ReadBack = Callable[[int], Iterable[RawMessages]]
_RETRY_MS = 1_000
_AT_ONCE = 16
_METADATA_BYTES = 4_096  # brokers' default of offset.metadata.max.bytes


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """Topics and times: how long a label waits for its batch, how long a batch is joined to labels after it was
    published, and how often model quality is published anew at most.
    """

    labels: str
    dead_letters: str
    report: ReportSettings
    wait_ms: int
    batches_ms: int
    revise_ms: int
    most_labels: int = 1_000_000
    dead_letter_bytes: int = DEAD_LETTER_BYTES


@dataclass(slots=True)
class LabelState:
    """The label stage's processor (see `runner.Processor`).

    `open_feed` follows the topic of batches; `read_back` yields the recent labels before an offset. Neither is in the
    stage's group.
    """

    settings: LabelSettings
    collectors: Mapping[str, Collector]
    store: ObjectStore
    processes: JobProcesses
    decoding: LabelDecodingState
    open_feed: Callable[[], Feed]
    read_back: ReadBack
    metrics: Metrics
    _start: Start | None = None
    _join: JoinState | None = None
    _feed: Feed | None = None
    _flushed: SourceOffset | None = None
    _outgoing: list[Outgoing] = field(default_factory=list)
    _published: list[str] = field(default_factory=list)
    _dead: list[tuple[str, Outgoing]] = field(default_factory=list)
    _letters: Counter[str] = field(default_factory=Counter)
    _at_ms: int = 0
    _due_ms: int | None = None
    _try_again_ms: int = 0

    def prepare(self, raw: RawMessages) -> DecodedLabels:
        """Decode ahead."""
        return self.decoding.decode(raw)

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew where the committed offset and its metadata say. KafkaStageError for more partitions than one."""
        if partition_count > 1:
            raise KafkaStageError(
                f"topic {self.settings.labels} has {partition_count} partitions: create it with 1, for labels need one"
                " order, and a worker that knows all of them"
            )
        self._start = starts[0] if starts else None
        if self._feed is not None:
            self._feed.close()
        self._join, self._feed, self._flushed, self._due_ms = None, None, None, None
        self._outgoing, self._published, self._dead, self._letters = [], [], [], Counter()
        self.metrics.labels_waiting.set(0)

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """Join a chunk's labels to the batches that are known. What comes of it is published by `tick`."""
        join = self._begun()
        try:
            decoded = chunk.prepared.result()
        except SchemaUnavailableError:
            decoded = self.decoding.decode(chunk.raw)
        join.take(decoded.table, int(chunk.raw.offsets[-1]) + 1, self._at_ms)
        for each in decoded.rejects:
            message, topic = chunk.messages[each.message], self.settings.dead_letters
            letter = dead_letter(topic, message, each, self.settings.dead_letter_bytes)
            self._dead.append((each.exception_class.rpartition(".")[2], letter))
        join.outcomes["dead_letter"] += len(decoded.rejects)
        return ()

    def tick(self, tick: Tick) -> bool:
        """Take notice of new batches; publish revisions once they are due. True where there is something to commit.

        What cannot be reached is asked again at another tick.
        """
        self._at_ms = tick.at_ms
        if self._start is None or tick.at_ms < self._try_again_ms:
            return False
        try:
            join = self._begun()
            join.poll(self.store)
            join.forget(tick.at_ms, self.settings.wait_ms, self.settings.batches_ms)
            self.metrics.labels_waiting.set(join.recent.waiting)
            return self._is_due(join) and self._flush(join, tick.given_up.is_set)
        except (StoreUnavailableError, SchemaUnavailableError, UnreachableError) as error:
            logger.warning("label: %s; trying again", error)
            self.metrics.store_unavailable.labels("label").inc()
            self._try_again_ms = tick.at_ms + _RETRY_MS
            return False

    def checkpoint(self) -> Checkpoint:
        """The revisions since the last one, and where both topics stood when they were made."""
        outgoing, self._outgoing = self._outgoing, []
        published, self._published = self._published, []
        outcomes: Counter[str] = Counter() if self._join is None else self._join.counted()
        letters, self._letters = self._letters, Counter()
        offsets = [] if self._flushed is None else [self._flushed]
        return Checkpoint(outgoing, offsets, partial(self._count, published, outcomes, letters))

    def _count(self, published: Sequence[str], outcomes: Mapping[str, int], letters: Mapping[str, int]) -> None:
        for reason, number in letters.items():
            self.metrics.dead_letters.labels("label", reason).inc(number)
        for outcome, number in outcomes.items():
            self.metrics.labels.labels(outcome).inc(number)
        for collector in published:
            self.metrics.snapshots.labels(collector, "quality").inc()

    def _begun(self) -> JoinState:
        """What is known of labels and batches, read first where it is not. StoreUnavailableError, UnreachableError."""
        if self._join is None and self._start is not None:
            feed = self.open_feed()
            try:
                self._join = JoinState.begun(feed, self._start, self._recent(self._start.offset), self.store)
            except Exception:
                feed.close()  # another one begins anew
                raise
            self._feed = feed
        if self._join is None:
            raise AssertionError("nothing is read of partitions that are not owned")
        return self._join

    def _recent(self, until: int) -> Iterator[tuple[int, pa.Table]]:
        for raw in self.read_back(until):
            yield int(raw.offsets[0]), self.decoding.decode(raw).table

    def _is_due(self, join: JoinState) -> bool:
        if not join.pending:
            return True
        if self._due_ms is None:
            self._due_ms = self._at_ms + self.settings.revise_ms
        return self._at_ms >= self._due_ms or join.pending_labels >= self.settings.most_labels

    def _flush(self, join: JoinState, given_up: Callable[[], bool]) -> bool:
        """Publish a revision of every batch with new labels, objects first; whether there is anything to commit."""
        outgoing, published = [letter for _, letter in self._dead], list[str]()
        batches = list(join.pending)
        for first in range(0, len(batches), _AT_ONCE):
            if given_up():
                raise GivenUpError
            jobs = [self._job(join, batch) for batch in batches[first : first + _AT_ONCE]]
            for made in qualities(self.processes, jobs, given_up):
                outgoing.append(published_quality(self.store, self.settings.report, made))
                published.append(made.snapshot.collector_id)
        self._outgoing += outgoing
        self._published += published
        self._letters.update(reason for reason, _ in self._dead)
        before, self._dead, self._due_ms = self._flushed, [], None
        offset, batches_read = join.flushed()
        progress = msgspec.json.encode(dict(sorted(batches_read.items()))).decode()
        if len(progress) > _METADATA_BYTES:
            raise KafkaStageError(
                f"the topic of batches has {len(batches_read)} partitions: where each was read to does not fit the"
                f" {_METADATA_BYTES} bytes that brokers keep beside an offset; create it with 100 or fewer"
            )
        self._flushed = SourceOffset(self.settings.labels, 0, offset, progress)
        return self._flushed != before

    def _job(self, join: JoinState, batch: int) -> QualityJob:
        manifest, pending = join.known.manifests[batch], join.pending[batch]
        if pending.labels:
            labels = pa.concat_tables(pending.labels)
            keys = add_labels(self.store, manifest.folder, pending.first, join.next, labels)
        else:
            keys = tuple(each.key for each in stored_labels(self.store, manifest.folder, join.next))
        return QualityJob(report_job(manifest, self.collectors), keys)
