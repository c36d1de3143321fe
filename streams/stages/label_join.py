"""What the label stage knows: labels and batches read so far, and which belong together but are in no revision yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import numpy as np
import pyarrow as pa

from streams.core.batches.manifest import Manifest
from streams.core.events.arrays import one_array
from streams.core.events.assemble import hashed
from streams.core.labels.matching import RecentLabelsState
from streams.kafka.items import Start
from streams.kafka.scan import Record
from streams.stages.label_batches import Announced, KnownBatchesState, announced
from streams.stores.labels import stored_labels
from streams.stores.objects import ObjectStore
from streams.stores.spill import SpillState


class Feed(Protocol):
    """Records of a topic as they come. Raises UnreachableError; the next call goes on where that one stopped."""

    positions: dict[int, int]

    def catch_up(self) -> Iterator[Record]:
        """Every record to the present end."""

    def poll(self) -> Sequence[Record]:
        """What has come since."""

    def close(self) -> None:
        """Let the connection go."""


@dataclass(slots=True)
class PendingState:
    """Labels of a batch that are in no revision yet: all of its labels from the offset `first` on.

    There may be none: then those that are stored are in no revision on the rows that a replay promoted.
    """

    first: int
    labels: list[pa.Table] = field(default_factory=list)


@dataclass(slots=True)
class JoinState:
    """A label and a batch are joined when the later of the two comes.

    `next` is the first offset of labels that was not read yet. `outcomes` counts labels by what became of them.
    """

    feed: Feed
    known: KnownBatchesState
    recent: RecentLabelsState
    next: int
    pending: dict[int, PendingState] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    _since: int = 0
    _batches_read: dict[int, int] = field(default_factory=dict)
    _unread: list[Record] = field(default_factory=list)
    _durable: Counter[str] = field(default_factory=Counter)

    @classmethod
    def begun(cls, feed: Feed, start: Start, recent: Iterable[tuple[int, pa.Table]], store: ObjectStore) -> JoinState:
        """Go on from a committed offset of labels: its metadata has the positions of batches that went with it.

        `recent` are labels before that offset, each chunk with its first offset. What was known then of both is in some
        revision. Batches that came later are new, and joined to the recent labels. StoreUnavailableError,
        UnreachableError.
        """
        found = announced(store, feed.catch_up())
        read = msgspec.json.decode(start.metadata or "{}", type=dict[int, int])
        state = cls(feed, KnownBatchesState(), RecentLabelsState(SpillState().keep, start.offset), start.offset)
        state._since = start.offset
        fresh = [each for each in found if each.offset >= read.get(each.partition, 0)]
        for each in found:
            if each.offset < read.get(each.partition, 0):
                state.known.add(each)
        for first, labels in recent:
            state.recent.first_offset = min(state.recent.first_offset, first)
            state._remember(labels, 0)
        for each in fresh:
            state._join(each, store)
        state._batches_read = dict(feed.positions)
        return state

    @property
    def pending_labels(self) -> int:
        """How many are in no revision yet."""
        return sum(len(labels) for each in self.pending.values() for labels in each.labels)

    def take(self, labels: pa.Table, next_: int, at_ms: int) -> None:
        """Join the labels (`decode.LABELS`) of a chunk that ends before an offset."""
        rows, batches = self._remember(labels, at_ms)
        order = np.argsort(batches, kind="stable")
        owners, starts = np.unique(batches[order], return_index=True)
        for batch, chosen in zip(owners.tolist(), np.split(order, starts[1:]), strict=True) if len(owners) else ():
            pending = self.pending.setdefault(batch, PendingState(self._since))
            pending.labels.append(labels.take(pa.array(rows[chosen])))
        joined = len(np.unique(rows))
        self.outcomes.update({"joined": joined, "waiting": len(labels) - joined})
        self.next = next_

    def poll(self, store: ObjectStore) -> None:
        """Join the batches that were published since. StoreUnavailableError, UnreachableError: nothing is lost."""
        self._unread += self.feed.poll()
        if not self._unread:
            return
        for each in announced(store, self._unread):
            self._join(each, store)
        self._unread = []
        self._batches_read = dict(self.feed.positions)

    def forget(self, at_ms: int, wait_ms: int, batches_ms: int) -> None:
        """Forget labels and batches that have waited for long enough."""
        self.outcomes["unknown"] += self.recent.drop(at_ms - wait_ms, at_ms, self.next)
        if not self.pending:
            self.known.forget(at_ms - batches_ms, at_ms)

    def flushed(self) -> tuple[int, dict[int, int]]:
        """All that is pending is in a revision: where both topics stand by that."""
        self.pending, self._since = {}, self.next
        self._durable.update(self.outcomes)
        self.outcomes.clear()
        return self.next, self._batches_read

    def counted(self) -> Counter[str]:
        """Outcomes of labels that are in a revision, or need not be, since this was asked last."""
        durable, self._durable = self._durable, Counter()
        return durable

    def _remember(self, labels: pa.Table, at_ms: int) -> tuple[np.ndarray, np.ndarray]:
        rows, batches = self.known.index.match(hashed(one_array(labels["id"])))
        joined = np.zeros(len(labels), np.bool_)
        joined[rows] = True
        if len(labels):
            self.recent.add(labels, joined, at_ms)
        return rows, batches

    def _join(self, batch: Announced, store: ObjectStore) -> None:
        before = self.known.number(batch.manifest)
        number = self.known.add(batch)
        labels, fresh = self.recent.match(batch.hashes)
        self.outcomes["joined_later"] += fresh
        pending = PendingState(self.recent.first_offset, [] if labels is None else [labels])
        replaced = self.pending.pop(before, None) if before is not None else None
        if replaced is not None:
            pending = PendingState(min(pending.first, replaced.first), [*pending.labels, *replaced.labels])
        if pending.labels or self._has_labels(batch.manifest, store):
            self.pending[number] = pending

    def _has_labels(self, manifest: Manifest, store: ObjectStore) -> bool:
        """Whether labels are stored of a batch that a replay promoted: they are older than what is known here."""
        return manifest != manifest.at_home and bool(stored_labels(store, manifest.folder, self.next))
