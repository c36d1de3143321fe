"""What every stage does alike: take items in order, compute off the event loop, write, and commit in
transactions.

A stage's own part is a `Processor`: plain synchronous code that knows nothing of transactions, threads or
Faust.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from streams.core.events.messages import RawMessages
from streams.core.events.schema_source import SchemaUnavailableError
from streams.kafka.errors import GivenUpError, TransactionAbortedError, UnreachableError
from streams.kafka.in_flight import InFlightBytesState
from streams.kafka.items import Assigned, Chunk, Item, Lost, Revoked, Start, Tick
from streams.kafka.polled import ends_of
from streams.kafka.transactions import Outgoing, SourceOffset, TransactionState
from streams.metrics import StageMetrics
from streams.outlets.errors import OutletUnavailableError
from streams.stores.errors import StoreUnavailableError

logger = logging.getLogger(__name__)

T = TypeVar("T")
_RETRY_S = (0.5, 1, 2, 5, 10)
_FIRST_MESSAGES = 1_000
_FEWEST_MESSAGES = 100
_AWAY = (StoreUnavailableError, SchemaUnavailableError, OutletUnavailableError, UnreachableError)


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What has to be committed together: last messages of the transaction and, per source partition, next
    offset and metadata. `committed` is called once that is durable, on another thread: counters go up there.
    """

    outgoing: Sequence[Outgoing] = ()
    offsets: Sequence[SourceOffset] = ()
    committed: Callable[[], None] = _nothing


class Processor(Protocol):
    """The work of a stage. Called from one thread, one call at a time.

    `assign` and `process` may raise `StoreUnavailableError`, `SchemaUnavailableError`, `OutletUnavailableError` or,
    where they read a topic themselves, `UnreachableError`: they are then called again with the same arguments, so
    `process` must not have changed its state. `process` and `tick` may raise `GivenUpError` where their item is given
    up: what they know is void then, until `assign` is called.
    """

    def prepare(self, raw: RawMessages) -> Any:
        """Work that needs no state, done ahead on several threads; `process` finds it in `chunk.prepared`."""

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew with exactly these partitions; whatever was known before is void."""

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """Work on a chunk; what is returned goes into the open transaction."""

    def tick(self, tick: Tick) -> bool:
        """Take notice of time; return whether there is something to commit although no chunk came."""

    def checkpoint(self) -> Checkpoint:
        """Close the books on everything processed so far."""


@dataclass(frozen=True, slots=True)
class RunnerSettings:
    """A transaction is committed every `commit_interval_s`, or earlier when this many bytes were read or written in it.

    Chunks are asked to be so small that one writes half of that: many collectors may each keep most of it.
    """

    commit_interval_s: float
    commit_bytes: int = 64_000_000


@dataclass(slots=True)
class RunnerState:
    """Runs a processor over the items of a pump, exactly once in effect.

    Two threads, one step deep: while one transaction is written, the next chunk is computed. The order of chunks is
    kept. Work of an epoch that is over is dropped. After an aborted transaction `rewind` is asked, with the epoch, for
    everything since the last commit again. The next chunk may have `most_messages`, by what the last one led to.
    """

    stage: str
    processor: Processor
    transaction: TransactionState
    in_flight: InFlightBytesState
    settings: RunnerSettings
    metrics: StageMetrics
    rewind: Callable[[int], None]
    away: str | None = None
    most_messages: int = _FIRST_MESSAGES
    _epoch: int | None = None
    _group: Any = None
    _failed: bool = False
    _dirty: bool = False
    _pending_bytes: int = 0
    _last_commit: float = 0.0
    _read: dict[int, int] = field(default_factory=dict)
    _writing: asyncio.Task[None] | None = None
    _compute: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "compute"))
    _write: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "write"))

    @property
    def assigned(self) -> bool:
        """Whether the stage has an assignment, be it of no partition."""
        return self._epoch is not None

    async def start(self) -> None:
        """Fence a predecessor before anything is read."""
        await self._on(self._write, self.transaction.initialise)
        self.metrics.up()

    def prepare(self, raw: RawMessages) -> Any:
        """See `Processor.prepare`."""
        return self.processor.prepare(raw)

    async def handle(self, item: Item) -> None:
        """Take the next item. Raises what the stage cannot recover from, once; after that it lets every item
        pass.
        """
        try:
            if not self._failed:
                await self._recovering(item)
        except Exception:
            self._failed = True
            self.metrics.down()
            raise
        finally:
            if isinstance(item, Chunk):
                self.in_flight.release(item.bytes)
            elif isinstance(item, Revoked):
                item.done.set()

    async def _recovering(self, item: Item) -> None:
        try:
            await self._dispatch(item)
        except TransactionAbortedError as error:
            await self._start_over(error)
        except GivenUpError:
            await self._give_up()

    async def _dispatch(self, item: Item) -> None:
        match item:
            case Assigned():
                await self._assign(item)
            case Revoked() | Lost():
                await self._leave(item)
            case Chunk() if item.epoch == self._epoch and not item.given_up.is_set():
                await self._work(item)
            case Tick() if item.epoch == self._epoch and not item.given_up.is_set():
                await self._tick(item)
            case _:
                logger.debug("%s: an item of an assignment that is over, or about to be, is dropped", self.stage)

    async def _assign(self, item: Assigned) -> None:
        with suppress(TransactionAbortedError):  # what belonged to the former assignment is read again
            await self._settle()
        await self._on(self._write, self.transaction.abort)
        await self._with_patience(self.processor.assign, item.starts, item.partition_count)
        self._epoch, self._group, self._dirty, self._pending_bytes = item.epoch, item.group, False, 0
        self._last_commit = time.monotonic()
        self._read = {start.partition: start.offset for start in item.starts}
        self.metrics.assigned(len(item.starts))
        partitions = ", ".join(f"{start.partition} from offset {start.offset}" for start in item.starts)
        logger.info("%s: ready, with %s", self.stage, f"partitions {partitions}" if partitions else "no partition")

    async def _leave(self, item: Revoked | Lost) -> None:
        current, self._epoch = self._epoch == item.epoch, None
        self.metrics.left(self._read)
        if current and isinstance(item, Revoked):
            await self._commit()
            await self._settle()
        else:
            await self._settle()
            await self._on(self._write, self.transaction.abort)

    async def _work(self, chunk: Chunk) -> None:
        outgoing = await self._with_patience(self.processor.process, chunk, wanted=lambda: not chunk.given_up.is_set())
        self._dirty = True
        self._pending_bytes += max(chunk.bytes, self._written(chunk, outgoing))
        self._read.update(ends_of(chunk.raw))
        await self._settle()
        if self._due():
            await self._commit(outgoing)
        else:
            self._writing = asyncio.create_task(self._on(self._write, self.transaction.write, outgoing))

    def _written(self, chunk: Chunk, outgoing: Sequence[Outgoing]) -> int:
        """Bytes that come of a chunk, after which the size of the next ones goes."""
        size_bytes = sum(len(each.value or b"") for each in outgoing)
        fitting = len(chunk.raw) * self.settings.commit_bytes // (2 * max(1, size_bytes))
        self.most_messages = max(_FEWEST_MESSAGES, fitting)
        return size_bytes

    async def _with_patience(
        self, call: Callable[..., T], *arguments: Any, wanted: Callable[[], bool] = lambda: True
    ) -> T:
        for attempt in range(1_000_000):
            try:
                outcome: T = await self._on(self._compute, call, *arguments)
            except _AWAY as error:
                if not wanted():
                    raise GivenUpError from error
                wait_s = _RETRY_S[min(attempt, len(_RETRY_S) - 1)]
                logger.warning("%s: %s; trying again in %s s", self.stage, error, wait_s)
                self.metrics.unavailable()
                self.away = str(error)
                await asyncio.sleep(wait_s)
            else:
                self.away = None
                return outcome
        raise AssertionError("unreachable")

    async def _tick(self, tick: Tick) -> None:
        self._tell_lag(tick)
        if self._writing is not None and self._writing.done():
            await self._settle()  # a commit that failed while nothing comes must not go unnoticed
        if await self._on(self._compute, self.processor.tick, tick):
            self._dirty = True
        if self._dirty and self._due():
            await self._settle()
            await self._commit()

    def _tell_lag(self, tick: Tick) -> None:
        for partition, end in tick.ends.items():
            behind = 0 if partition in tick.idle_since_ms else max(0, end - self._read.get(partition, end))
            self.metrics.lag(partition, behind)

    def _due(self) -> bool:
        elapsed = time.monotonic() - self._last_commit >= self.settings.commit_interval_s
        return elapsed or self._pending_bytes >= self.settings.commit_bytes

    async def _commit(self, outgoing: Sequence[Outgoing] = ()) -> None:
        """Begin to commit all that was processed; `_settle` waits for it."""
        if not self._dirty:
            return
        checkpoint = await self._on(self._compute, self.processor.checkpoint)
        self._dirty, self._pending_bytes, self._last_commit = False, 0, time.monotonic()
        await self._settle()
        self._writing = asyncio.create_task(self._on(self._write, self._finish, outgoing, checkpoint, self._group))

    def _finish(self, outgoing: Sequence[Outgoing], checkpoint: Checkpoint, group: Any) -> None:
        with self.metrics.transaction():
            self.transaction.write(outgoing)
            self.transaction.write(checkpoint.outgoing)
            self.transaction.commit(checkpoint.offsets, group)
        checkpoint.committed()

    async def _settle(self) -> None:
        """Wait for the write under way; its failure is raised here."""
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    async def _start_over(self, error: Exception) -> None:
        logger.warning("%s: transaction aborted, reading again from the last commit: %s", self.stage, error)
        epoch, self._epoch = self._epoch, None
        self.metrics.aborted()
        await self._on(self._write, self.transaction.abort)
        if epoch is not None:  # else the partitions are somebody else's
            self.rewind(epoch)

    async def _give_up(self) -> None:
        """What was begun since the last commit is left to the next owner."""
        self._epoch = None
        with suppress(TransactionAbortedError):
            await self._settle()
        await self._on(self._write, self.transaction.abort)

    async def _on(self, executor: ThreadPoolExecutor, call: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(executor, call, *arguments)
