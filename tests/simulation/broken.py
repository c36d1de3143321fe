"""Ways to break the guarantees on purpose: each takes out one thing that exactly-once stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from streams.core.windows.slots import Maxima
from streams.core.windows.state import Checkpoint as WindowsCheckpoint
from streams.core.windows.state import WindowsState
from streams.kafka.items import Chunk, Item, Start
from streams.kafka.transactions import Outgoing
from streams.stages.collected_account import PartitionLedger
from streams.stages.runner import Checkpoint, RunnerState
from streams.stages.window import WindowState
from tests.simulation.log import PartitionState

Broken = AbstractContextManager[Any]


def offsets_before_messages() -> Broken:
    """Offsets are committed in a transaction of their own, before that with the messages."""

    def finish(self: RunnerState, outgoing: Sequence[Outgoing], checkpoint: Checkpoint, group: Any) -> None:
        self.transaction.commit(checkpoint.offsets, group)
        self.transaction.write(outgoing)
        self.transaction.write(checkpoint.outgoing)
        self.transaction.commit((), None)

    return patch.object(RunnerState, "_finish", finish)


def messages_before_offsets() -> Broken:
    """Messages are committed in a transaction of their own, before that with the offsets."""

    def finish(self: RunnerState, outgoing: Sequence[Outgoing], checkpoint: Checkpoint, group: Any) -> None:
        self.transaction.write(outgoing)
        self.transaction.write(checkpoint.outgoing)
        self.transaction.commit((), None)
        self.transaction.commit(checkpoint.offsets, group)

    return patch.object(RunnerState, "_finish", finish)


def manifests_before_objects() -> Broken:
    """Objects are stored once the transaction with their manifest is committed."""
    publish, checkpoint = WindowState._publish, WindowState.checkpoint
    late: list[tuple[Any, str, bytes]] = []

    def publish_first(self: WindowState, closed: Any) -> Outgoing:
        store = self.store
        self.store = _Deferred(store, late)  # type: ignore[assignment]
        try:
            return publish(self, closed)
        finally:
            self.store = store

    def store_then(self: WindowState) -> Checkpoint:
        made = checkpoint(self)
        return Checkpoint(made.outgoing, made.offsets, lambda: _store(late))

    return patch.multiple(WindowState, _publish=publish_first, checkpoint=store_then)


class _Deferred:
    def __init__(self, store: Any, late: list[tuple[Any, str, bytes]]) -> None:
        self._store, self._late = store, late

    def put(self, key: str, content: bytes) -> None:
        self._late.append((self._store, key, content))


def _store(late: list[tuple[Any, str, bytes]]) -> None:
    while late:
        store, key, content = late.pop(0)
        store.put(key, content)


def progress_before_copies() -> Broken:
    """Copies of what waits are stored once the transaction that names them is committed."""
    fold, checkpoint = WindowState.fold, WindowState.checkpoint
    late: list[tuple[Any, Any, bytes]] = []

    def fold_first(self: WindowState, partition: int, record: Any) -> None:
        fold(self, partition, record)
        late.extend(self._copies)
        self._copies.clear()

    def store_then(self: WindowState) -> Checkpoint:
        made = checkpoint(self)
        return Checkpoint(made.outgoing, made.offsets, lambda: _store(late))

    return patch.multiple(WindowState, fold=fold_first, checkpoint=store_then)


def epochs_ignored() -> Broken:
    """After an aborted transaction the stage takes chunks that follow what came to nothing."""
    dispatch = RunnerState._dispatch

    async def of_any_epoch(self: RunnerState, item: Item) -> None:
        await (self._work(item) if isinstance(item, Chunk) else dispatch(self, item))

    return patch.object(RunnerState, "_dispatch", of_any_epoch)


def maxima_forgotten() -> Broken:
    """What is committed beside an offset is not taken up again."""

    def begin(start: Start) -> PartitionLedger:
        return PartitionLedger(start.offset, start.offset, Maxima())

    return patch("streams.stages.collected_account.ledger_from", begin)


def window_commits_what_it_read() -> Broken:
    """The window stage commits how far it has read, not where the oldest waiting rows lie."""
    checkpoint = WindowsState.checkpoint

    def at_the_end(self: WindowsState) -> WindowsCheckpoint:
        return WindowsCheckpoint(self._next, checkpoint(self).records)

    return patch.object(WindowsState, "checkpoint", at_the_end)


def uncommitted_read() -> Broken:
    """Consumers get what may still be aborted."""
    return patch.object(PartitionState, "stable_end", property(lambda self: self.end))


BROKEN: dict[str, Callable[[], Broken]] = {
    each.__name__.replace("_", " "): each
    for each in (
        offsets_before_messages,
        messages_before_offsets,
        manifests_before_objects,
        progress_before_copies,
        epochs_ignored,
        maxima_forgotten,
        window_commits_what_it_read,
        uncommitted_read,
    )
}
