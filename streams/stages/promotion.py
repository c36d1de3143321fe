"""Putting what a replay made in the place of what was live: in one transaction, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from streams.core.batches.manifest import Manifest, StoredObject, encode_manifest
from streams.core.replay.diff import Reported
from streams.core.replay.job import ReplayJob
from streams.kafka.records import RUN
from streams.kafka.transactions import Outgoing, TransactionState
from streams.stages.report import ReportSettings
from streams.stores.objects import ObjectStore


@dataclass(frozen=True, slots=True)
class Promotion:
    """Publishes what differs from the live batches and snapshots; `run` holds the run's objects, `live` all others.

    Rows stay where they are: a promoted manifest names the objects in the run's folder. So nothing that live
    manifests name is overwritten, and the transaction is the one moment at which readers of the topics change over.
    """

    job: ReplayJob
    settings: ReportSettings
    transaction: TransactionState
    run: ObjectStore
    live: ObjectStore

    def promote(self, made: Sequence[Reported], was: Sequence[Reported], published: Callable[[], bool]) -> int:
        """How many windows were promoted. Done again after a kill, it finishes what is missing.

        `published` says whether the topics hold the run already; asked once every other promotion was fenced.
        """
        changed = list(self._changed(made, was))
        self.transaction.initialise()
        if not published():
            self.transaction.write(message for each in changed for message in self._messages(each, was))
            self.transaction.commit((), None)
        for each in changed:
            self._store(each)
        return len(changed)

    def _changed(self, made: Sequence[Reported], was: Sequence[Reported]) -> Iterator[Reported]:
        live = {each.manifest.batch_id: each for each in was}
        for each in made:
            if each.snapshot is not None and live.get(each.manifest.batch_id) != each:
                yield each

    def _messages(self, each: Reported, was: Sequence[Reported]) -> Iterator[Outgoing]:
        assert each.snapshot is not None  # noqa: S101 - `_changed` has looked
        key, run = self.job.collector_id.encode(), (RUN, self.job.run.encode())
        if each.manifest not in [live.manifest for live in was]:
            yield Outgoing(self.settings.batches, encode_manifest(self._moved(each.manifest)), key, headers=(run,))
        headers = (("content-type", self.settings.content_type.encode()), run)
        place = f"{self.job.folder}/{each.manifest.snapshot_folder}/snapshot.json"
        yield Outgoing(self.settings.snapshots, self.settings.encode(each.snapshot, place), key, headers=headers)

    def _moved(self, manifest: Manifest) -> Manifest:
        """The manifest with keys as seen from the live store."""
        return msgspec.structs.replace(
            manifest, rows_object=self._below(manifest.rows_object), late_object=self._below(manifest.late_object)
        )

    def _below(self, stored: StoredObject | None) -> StoredObject | None:
        return stored and msgspec.structs.replace(stored, key=f"{self.job.folder}/{stored.key}")

    def _store(self, each: Reported) -> None:
        """Snapshots are looked for in the store as well; so are manifests, where live ones do not stand there."""
        own = ("evidently.json",) if each.snapshot and each.snapshot.evidently_sha256 else ()
        for name in ("snapshot.json", "report.html", *own):
            key = f"{each.manifest.snapshot_folder}/{name}"
            self.live.put(key, self.run.get(key))
        key = f"{each.manifest.batch_folder}/manifest.json"
        if not self.live.exists(key):
            self.live.put(key, encode_manifest(self._moved(each.manifest)))
