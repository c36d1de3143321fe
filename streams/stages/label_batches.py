"""The batches whose rows labels are joined to: their manifests, and where the ids of their rows are found."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow.parquet as pq

from streams.core.batches.manifest import Manifest, decode_manifest
from streams.core.events.arrays import one_array
from streams.core.events.assemble import hashed
from streams.core.labels.matching import BatchIndexState, Hashes
from streams.kafka.scan import Record
from streams.stores.errors import ObjectMissingError, StoreUnavailableError
from streams.stores.objects import ObjectStore

logger = logging.getLogger(__name__)

_READERS = 8
_FORGETS_EVERY_MS = 60_000


@dataclass(frozen=True, slots=True)
class Announced:
    """A batch with rows: where its manifest stands on the topic, when it was written, and its ids' hashes, ordered,
    those of late rows among them.
    """

    partition: int
    offset: int
    at_ms: int
    manifest: Manifest
    hashes: Hashes


def announced(store: ObjectStore, records: Iterable[Record]) -> Sequence[Announced]:
    """Read the ids of batches that manifests announce; those without rows are left out. StoreUnavailableError."""
    with ThreadPoolExecutor(_READERS, "batch ids") as threads:
        found = threads.map(lambda record: _announced(store, record), records)
        return [each for each in found if each is not None]


def _announced(store: ObjectStore, record: Record) -> Announced | None:
    try:
        return _read(store, record)
    except (StoreUnavailableError, MemoryError):
        raise
    except Exception:  # no batch that any label could be of: the report stage makes it a dead letter
        logger.exception("batches-%s offset %s: labels pass it by", record.partition, record.offset)
        return None


def _read(store: ObjectStore, record: Record) -> Announced | None:
    manifest = decode_manifest(record.value or b"")
    if not manifest.objects:
        return None
    try:
        hashes = [_hashes(store.get(each.key)) for each in manifest.objects]
    except ObjectMissingError:
        logger.warning("batch %s: its rows are gone, so no label finds them", manifest.batch_id)
        return None
    return Announced(record.partition, record.offset, record.timestamp_ms, manifest, np.sort(np.concatenate(hashes)))


def _hashes(content: bytes) -> Hashes:
    return hashed(one_array(pq.read_table(io.BytesIO(content), columns=["id"])["id"]))


@dataclass(slots=True)
class KnownBatchesState:
    """Batches by number. One that is announced again, as after a replay, takes the place of what it was."""

    index: BatchIndexState = field(default_factory=BatchIndexState)
    manifests: dict[int, Manifest] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _at_ms: dict[int, int] = field(default_factory=dict)
    _last: int = 0
    _forgot_ms: int = 0

    def number(self, manifest: Manifest) -> int | None:
        """The number of a batch; None where it is not known."""
        return self._numbers.get(manifest.batch_id)

    def add(self, batch: Announced) -> int:
        """Take a batch in; its number."""
        before = self.number(batch.manifest)
        self._forget([] if before is None else [before])
        self._last += 1
        self.index.add(self._last, batch.hashes)
        self.manifests[self._last] = batch.manifest
        self._numbers[batch.manifest.batch_id] = self._last
        self._at_ms[self._last] = batch.at_ms
        return self._last

    def forget(self, before_ms: int, now_ms: int) -> None:
        """Forget, from time to time, what was announced before a time."""
        if now_ms >= self._forgot_ms + _FORGETS_EVERY_MS:
            self._forgot_ms = now_ms
            self._forget([number for number, at_ms in self._at_ms.items() if at_ms < before_ms])

    def _forget(self, numbers: Sequence[int]) -> None:
        if numbers:
            self.index.drop(numbers)
        for number in numbers:
            del self._at_ms[number]
            del self._numbers[self.manifests.pop(number).batch_id]
