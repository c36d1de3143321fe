"""What an audit reads: topics first, in an order in which each later one must know what the earlier ones say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.cli.output import progress

if TYPE_CHECKING:
    from streams.core.audit.audit import AuditScope, AuditState, Committed
    from streams.core.windows.progress import Progress
    from streams.kafka.client_config import Config
    from streams.kafka.scan import Record
    from streams.settings import Settings
    from streams.stores.objects import ObjectStore

_FETCHING_THREADS = 8
_FETCHED_AT_ONCE = 64
_BEFORE_MS = 120_000  # a segment is that much older than its account at most: transactions are aborted earlier


@dataclass(frozen=True, slots=True)
class AuditReader:
    """Reads everything that an audit looks at."""

    settings: Settings
    store: ObjectStore

    def read(self, scope: AuditScope) -> AuditState:
        """Topics, then the objects that they name. Raises ClusterError, StoreUnavailableError."""
        from dataclasses import replace

        from streams.core.audit.audit import AuditState

        state = AuditState(replace(scope, complete=self._complete()), self._committed())
        before = {partition: self._progress(partition) for partition in self._partitions()}
        self._collected(state)
        self._manifests(state)
        self._dead_letters(state)  # after the manifests: those of a batch's rows are written together with its own
        self._snapshots(state)
        after = {partition: self._progress(partition) for partition in before}
        state.progress = {each: (found, found == after[each]) for each, found in before.items()}
        self._objects(state)
        self._stored_snapshots(state)
        return state

    def config(self, stage: str = "audit") -> Config:
        """A consumer that looks, or one that asks what the group of a stage committed."""
        from streams.kafka import client_config

        settings = self.settings
        return client_config.consumer(
            settings.kafka, group_id=settings.group_id(stage), client_id=settings.client_id("audit")
        )

    def stood(self, stage: str, topic: str) -> Mapping[int, int]:
        """The offset of each partition that a stage has yet to read; 0 where it has committed nothing."""
        from streams.kafka.scan import committed_offsets

        if stage != "window":
            return committed_offsets(self.config(stage), topic)
        found = {partition: self._progress(partition) for partition in self._partitions()}
        return {partition: progress.log.next if progress else 0 for partition, progress in found.items()}

    def _committed(self) -> Committed:
        from streams.core.audit.audit import Committed

        topics = self.settings.topics
        return Committed(self.stood("collect", topics.predictions), self.stood("report", topics.batches))

    def _complete(self) -> bool:
        from streams.kafka.scan import begin_offsets

        topics = self.settings.topics
        read = (topics.collected, topics.batches, topics.dead_letters)
        return not any(offset for topic in read for offset in begin_offsets(self.config(), topic).values())

    def _partitions(self) -> list[int]:
        from streams.kafka.scan import begin_offsets

        return sorted(begin_offsets(self.config(), self.settings.topics.window_progress))

    def _progress(self, partition: int) -> Progress | None:
        from streams.core.windows.progress import read_progress
        from streams.kafka import committed_records

        topic = self.settings.topics.window_progress
        return read_progress(committed_records.read_progress(self.config(), topic, partition))

    def _records(self, topic: str, scope: AuditScope) -> Iterator[Record]:
        from streams.core.windows.times import NEVER_MS
        from streams.kafka.scan import scan

        since_ms = None if scope.from_ms == NEVER_MS else scope.from_ms - _BEFORE_MS
        with progress(f"reading {topic}") as advance:
            yield from scan(self.config(), topic, advance, since_ms=since_ms, settled=True)

    def _collected(self, state: AuditState) -> None:
        from streams.kafka.records import KIND, kind_said

        topic = self.settings.topics.collected
        for record in self._records(topic, state.scope):
            kind = kind_said(record.headers.get(KIND), f"{topic}-{record.partition} offset {record.offset}")
            if kind == "account" or state.wanted((record.key or b"").decode()):
                state.add_collected(record.partition, record.offset, record.timestamp_ms, kind, record.value or b"")

    def _dead_letters(self, state: AuditState) -> None:
        from streams.kafka.dead_letters import read_dead_letter

        for record in self._records(self.settings.topics.dead_letters, state.scope):
            letter = read_dead_letter(record)
            if letter is not None:
                state.add_dead_letter(letter.topic, letter.source_partition, letter.source_offset, letter.batch)

    def _manifests(self, state: AuditState) -> None:
        from streams.core.audit.batch_ledger import Announced
        from streams.core.batches.manifest import decode_manifest

        for record in self._records(self.settings.topics.batches, state.scope):
            if record.value is not None and state.wanted((record.key or b"").decode()):
                manifest = decode_manifest(record.value)
                state.batches.add_manifest(Announced(record.partition, record.offset, manifest, _run_of(record)))

    def _snapshots(self, state: AuditState) -> None:
        from streams.cli.snapshot_rows import decoder

        decoded = decoder()
        for record in self._records(self.settings.topics.snapshots, state.scope):
            snapshot = decoded(record)
            if snapshot is not None and state.wanted(snapshot.collector_id):
                state.snapshots.add(snapshot, _run_of(record))

    def _objects(self, state: AuditState) -> None:
        found = [*state.batches.announced.values(), *state.batches.promoted]
        with progress("reading batches", len(found)) as advance:
            for first in range(0, len(found), _FETCHED_AT_ONCE):
                part = found[first : first + _FETCHED_AT_ONCE]
                contents = self._fetch([key for each in part for key in state.batches.keys(each)])
                for each in part:
                    state.batches.add_content(each, {key: contents[key] for key in state.batches.keys(each)})
                advance(first + len(part), len(found))

    def _stored_snapshots(self, state: AuditState) -> None:
        current = state.batches.current
        keys = {
            batch: f"{current[batch].manifest.snapshot_folder}/snapshot.json"
            for batch in state.snapshots.last
            if batch in current
        }
        contents = self._fetch(list(keys.values()))
        for batch, key in keys.items():
            state.snapshots.findings += state.snapshots.check_stored(batch, key, contents[key])

    def _fetch(self, keys: list[str]) -> Mapping[str, bytes | None]:
        with ThreadPoolExecutor(_FETCHING_THREADS) as pool:
            return dict(zip(keys, pool.map(self._get, keys), strict=True))

    def _get(self, key: str) -> bytes | None:
        from streams.stores.errors import ObjectMissingError

        try:
            return self.store.get(key)
        except ObjectMissingError:
            return None


def _run_of(record: Record) -> str | None:
    from streams.kafka.records import RUN

    run = record.headers.get(RUN)
    return run.decode() if isinstance(run, bytes) else None
