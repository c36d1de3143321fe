"""What a replay keeps in the object store, below `replays/`: its job, its log, its batches and snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from streams.core.batches.manifest import Manifest, decode_manifest
from streams.core.replay.diff import Reported
from streams.core.replay.job import ReplayJob
from streams.core.snapshots import Snapshot
from streams.stores.errors import ObjectMissingError
from streams.stores.listing import BATCHES
from streams.stores.objects import ObjectStore

_JOB, _OUTCOME = "job.json", "outcome.json"


class LogEntry(msgspec.Struct, frozen=True, array_like=True):
    """What one transaction of the collect stage would have held: records of `collected`, and where it stands then.

    `offsets` has partition, next offset and the metadata that is committed with it.
    """

    records: tuple[tuple[Literal["segment", "account"], bytes], ...]
    offsets: tuple[tuple[int, int, str], ...]


class RunOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a finished run came to. `complete` says whether all windows that were asked for could close; where they
    could not, `waiting` rows are in windows that stayed open.
    """

    batches: int
    rows: int
    snapshots: int
    dead: int
    complete: bool
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class RunStore:
    """The folder of one run. An entry of its log is there whole or not at all: so a killed run goes on behind it."""

    objects: ObjectStore

    def job(self) -> ReplayJob:
        """What the run is to do. ObjectMissingError where there is no such run."""
        return msgspec.json.decode(self.objects.get(_JOB), type=ReplayJob)

    def begin(self, job: ReplayJob) -> None:
        """Keep the job before anything is done."""
        self.objects.put(_JOB, msgspec.json.encode(job))

    def outcome(self) -> RunOutcome | None:
        """What the run came to; None where it is not finished."""
        try:
            return msgspec.json.decode(self.objects.get(_OUTCOME), type=RunOutcome)
        except ObjectMissingError:
            return None

    def finish(self, outcome: RunOutcome) -> None:
        """Say that the run is finished."""
        self.objects.put(_OUTCOME, msgspec.json.encode(outcome))

    def append(self, number: int, entry: LogEntry) -> None:
        """Keep the entry of a number."""
        self.objects.put(f"log/{number:08}.msgpack", msgspec.msgpack.encode(entry))

    def entries(self) -> Iterator[LogEntry]:
        """Every entry, in order."""
        for key in self.objects.keys("log"):
            yield msgspec.msgpack.decode(self.objects.get(key), type=LogEntry)


def manifests_of(store: ObjectStore, collector_id: str) -> list[Manifest]:
    """Every batch of a collector that a store holds, by window."""
    found = [decode_manifest(store.get(each.key)) for each in BATCHES.stored(store, collector_id)]
    return sorted(found, key=lambda each: (each.start_ms, each.sequence, each.batch_id))


def snapshot_of(store: ObjectStore, manifest: Manifest) -> Snapshot | None:
    """The snapshot of a batch; None where there is none."""
    try:
        return Snapshot.from_json_bytes(store.get(f"{manifest.snapshot_folder}/snapshot.json"))
    except ObjectMissingError:
        return None


def reported(batches: ObjectStore, snapshots: ObjectStore, job: ReplayJob) -> list[Reported]:
    """The batches of one store that a job asks for, by any configuration, with their snapshots in another."""
    found = (m for m in manifests_of(batches, job.collector_id) if job.from_ms <= m.start_ms and m.end_ms <= job.to_ms)
    return [Reported(manifest, snapshot_of(snapshots, manifest)) for manifest in found]
