"""Putting what a replay made in the place of what is live: in one transaction, however often it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from streams.core.batches.manifest import Manifest, encode_manifest, replaced_key
from streams.core.replay.diff import Current, Reported, changes
from streams.core.replay.job import ReplayJob
from streams.kafka.records import RUN
from streams.kafka.transactions import Outgoing, TransactionState
from streams.stages.report import ReportSettings, batch_facts
from streams.stores.errors import ObjectMissingError
from streams.stores.listing import page_of
from streams.stores.objects import ObjectStore


class PromotionRefusedError(ValueError):
    """A run cannot be promoted; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Promoted:
    """How many windows were published, and of how many the objects were put in place: more after a kill in between."""

    published: int
    stored: int


@dataclass(frozen=True, slots=True)
class Promotion:
    """Publishes what differs from what is current; `run` holds the run's objects, `live` all others.

    Rows stay where they are: a promoted manifest names the objects in the run's folder. So nothing that a former
    manifest names is overwritten, and the transaction is the one moment at which readers of the topics change over.
    """

    job: ReplayJob
    settings: ReportSettings
    transaction: TransactionState
    run: ObjectStore
    live: ObjectStore

    def promote(self, made: Sequence[Reported], current: Callable[[], Mapping[str, Current]]) -> Promoted:
        """Publish what is not current yet, then put its objects where the store is read. Done again, it changes
        nothing; after a kill, it finishes what is missing.

        `current` tells what the topics say by batch id; it is asked once every other promotion was fenced. Raises
        PromotionRefusedError for reports on rows that were replaced since, StoreUnavailableError, KafkaStageError.
        """
        self.transaction.initialise()
        known = current()
        if self.job.topic == "batches":
            _refuse_replaced(made, known)
        changed = list(changes(made, known))
        if changed:
            messages = (one for each in changed for one in self._messages(each, known))
            self.transaction.write(messages)
            self.transaction.commit((), None)
        stored = [self._store(each, self._placed(each, known)) for each in made if each.snapshot is not None]
        return Promoted(len(changed), sum(stored))

    def _placed(self, each: Reported, known: Mapping[str, Current]) -> Manifest:
        """The manifest as the live store names its rows: as it is published already, or in the run's folder."""
        found = known.get(each.manifest.batch_id)
        if found is not None and found.manifest is not None and found.is_of(each.manifest):
            return found.manifest
        return each.manifest.below(f"{self.job.folder}/")

    def _messages(self, each: Reported, known: Mapping[str, Current]) -> Iterator[Outgoing]:
        assert each.snapshot is not None  # noqa: S101 - `changes` has looked
        key, run = self.job.collector_id.encode(), (RUN, self.job.run.encode())
        if not known.get(each.manifest.batch_id, Current()).is_of(each.manifest):
            yield Outgoing(self.settings.batches, encode_manifest(self._placed(each, known)), key, headers=(run,))
        headers = (("content-type", self.settings.content_type.encode()), run)
        place = f"{self.job.folder}/{each.manifest.snapshot_folder}/snapshot.json"
        yield Outgoing(self.settings.snapshots, self.settings.encode(each.snapshot, place), key, headers=headers)

    def _store(self, each: Reported, manifest: Manifest) -> bool:
        """Put a batch's objects in place, former ones being kept beside them; whether there was anything to do.

        The page comes after its snapshot: where one died in between, a former snapshot still has its page beside it.
        """
        folder, snapshot = manifest.snapshot_folder, each.snapshot
        assert snapshot is not None  # noqa: S101 - `promote` has looked
        contents = {
            f"{manifest.batch_folder}/manifest.json": encode_manifest(manifest),
            f"{folder}/snapshot.json": snapshot.to_json_bytes(),
        }
        for key, content in contents.items():
            self._keep(key, content)
        pages = ("report.html", "evidently.json") if snapshot.evidently_sha256 else ("report.html",)
        contents |= {f"{folder}/{name}": self.run.get(f"{folder}/{name}") for name in pages}
        return sum(self._put(key, content) for key, content in contents.items()) > 0

    def _keep(self, key: str, content: bytes) -> None:
        former = self._found(key)
        if former is None or former == content:
            return
        kept = replaced_key(key, former)
        page = self._found(page_of(key)) if key.endswith("/snapshot.json") else None
        if page is not None:
            self._put(page_of(kept), page)
        self._put(kept, former)

    def _put(self, key: str, content: bytes) -> bool:
        if self._found(key) == content:
            return False
        self.live.put(key, content)
        return True

    def _found(self, key: str) -> bytes | None:
        try:
            return self.live.get(key)
        except ObjectMissingError:
            return None


def _refuse_replaced(made: Sequence[Reported], known: Mapping[str, Current]) -> None:
    for each in made:
        found = known.get(each.manifest.batch_id, Current()).manifest or each.manifest
        if each.snapshot is not None and not batch_facts(found).is_of_same_rows(each.snapshot):
            raise PromotionRefusedError(
                f"the rows of batch {found.batch_id} were replaced after this run had reported on them:"
                " begin another run"
            )
