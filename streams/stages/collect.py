"""The collect stage: predictions in, segments out.

Keeps no state of its own: where a source partition's time stands is committed as metadata of its offset, so a restart
decides about lateness exactly as if there had been none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from streams.core.collection import Collection, Route, collect
from streams.core.dead_share import DeadShareState
from streams.core.events.decode import Decoded
from streams.core.events.messages import RawMessages
from streams.core.events.rejects import Reject, reject
from streams.core.events.schema_source import SchemaUnavailableError
from streams.core.windows.slots import Maxima
from streams.kafka.dead_letters import DEAD_LETTER_BYTES, dead_letter
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.records import ACCOUNT, SEGMENT
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import Metrics
from streams.stages.collected_account import AccountState
from streams.stages.collected_counts import CountsBuffer
from streams.stages.decoding import DecodingState
from streams.stages.faults import FaultsState, UnprocessableError
from streams.stages.runner import Checkpoint

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """What the collect stage has to know.

    A source partition is idle once nothing came for `idle_after_ms` after its end was reached; idleness is repeated in
    the log every `heartbeat_ms`, so that windows can close although nothing comes.
    """

    source: str
    collected: str
    dead_letters: str
    collected_partitions: int
    max_message_bytes: int
    idle_after_ms: int
    heartbeat_ms: int
    dead_letter_share: float = 1.0
    dead_letter_sample: int = 1_000
    dead_letter_bytes: int = DEAD_LETTER_BYTES


@dataclass(frozen=True, slots=True)
class _Outcome:
    raw: RawMessages
    collection: Collection
    event_partitions: NDArray[np.int32]
    rejects: tuple[Reject, ...]


@dataclass(slots=True)
class CollectState:
    """The collect stage's processor (see `runner.Processor`)."""

    settings: CollectSettings
    routes: Sequence[Route]
    decoding: DecodingState
    metrics: Metrics
    _account: AccountState = field(init=False)
    _dead_share: DeadShareState = field(init=False)
    _counts: CountsBuffer = field(default_factory=CountsBuffer)
    _faults: FaultsState = field(default_factory=FaultsState)
    _at_ms: int = 0
    _told_ms: int = 0
    _idle_since_ms: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._account = AccountState(self.settings.source, self.routes)
        self._dead_share = DeadShareState(self.settings.dead_letter_share, self.settings.dead_letter_sample)

    def prepare(self, raw: RawMessages) -> Decoded:
        """Decode ahead."""
        return self.decoding.decode(raw)

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew where the committed offsets and their metadata say."""
        self._account.begin(starts, partition_count)
        self._counts = CountsBuffer()
        self._idle_since_ms = {}
        self._told_ms = 0

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """Offer a chunk to every collector; what nobody can process becomes a dead letter. TooManyDeadError."""
        outgoing: list[Outgoing] = []
        base = 0
        outcomes = self._outcomes(chunk.raw, self._account.maxima(), chunk.prepared.result)
        dead = [int(each.raw.partitions[refused.message]) for each in outcomes for refused in each.rejects]
        self._dead_share.add(self.settings.source, chunk.raw.partitions, dead)
        for outcome in outcomes:
            self._account.add(outcome.raw, outcome.event_partitions, outcome.collection, outcome.rejects)
            self._counts.add(len(outcome.event_partitions), outcome.collection, outcome.rejects)
            outgoing += self._segments(outcome.collection)
            messages = chunk.messages[base : base + len(outcome.raw)]
            outgoing += [
                dead_letter(
                    self.settings.dead_letters,
                    messages[refused.message],
                    refused,
                    self.settings.dead_letter_bytes,
                )
                for refused in outcome.rejects
            ]
            base += len(outcome.raw)
        came = set(chunk.raw.partitions.tolist())
        self._idle_since_ms = {p: since_ms for p, since_ms in self._idle_since_ms.items() if p not in came}
        return outgoing

    def tick(self, tick: Tick) -> bool:
        """Notice idle partitions: to be told when one becomes idle or wakes, and from time to time while one
        is.
        """
        idle = {
            partition: since_ms
            for partition, since_ms in tick.idle_since_ms.items()
            if tick.at_ms - since_ms >= self.settings.idle_after_ms
        }
        news = idle.keys() != self._idle_since_ms.keys()
        self._at_ms, self._idle_since_ms = tick.at_ms, idle
        return news or (bool(idle) and tick.at_ms - self._told_ms >= self.settings.heartbeat_ms)

    def checkpoint(self) -> Checkpoint:
        """The account goes to every partition of `collected`; maxima are committed with the offsets."""
        self._told_ms = self._at_ms
        known_until_ms = self._at_ms - self.settings.idle_after_ms
        accounts = [
            Outgoing(self.settings.collected, record, partition=partition, headers=ACCOUNT)
            for partition in range(self.settings.collected_partitions)
            for record in self._account.records(partition, known_until_ms, self._at_ms, self._idle_since_ms)
        ]
        offsets = [
            SourceOffset(self.settings.source, partition, ledger.next, ledger.metadata())
            for partition, ledger in self._account.partitions.items()
        ]
        self._account.close()
        counts, self._counts = self._counts, CountsBuffer()
        return Checkpoint(accounts, offsets, partial(counts.publish, self.metrics))

    def _segments(self, collection: Collection) -> Iterator[Outgoing]:
        for kept in collection.kept:
            key = kept.route.collector.id.encode()
            for segment in kept.segments:
                yield Outgoing(self.settings.collected, segment, key, kept.route.partition, SEGMENT)

    def _outcomes(
        self, raw: RawMessages, before: Mapping[int, Maxima], prepared: Callable[[], Decoded] | None = None
    ) -> list[_Outcome]:
        """Process messages together; where that fails without a reason, halve until the one is found that does it."""
        try:
            return [self._outcome(raw, before, prepared() if prepared else self.decoding.decode(raw))]
        except SchemaUnavailableError:
            if prepared is None:
                raise
            return self._outcomes(raw, before)
        except UnprocessableError:
            raise
        except Exception as error:  # whatever a hostile event provokes must cost that event alone
            logger.exception("a chunk of %s messages cannot be processed", len(raw))
            if len(raw) == 1:
                self._faults.count(raw, error)
                return [self._refused(raw, before, error)]
        half = len(raw) // 2
        first = self._outcomes(raw.slice(0, half), before)
        for outcome in first:
            before = {**before, **outcome.collection.maxima}
        return [*first, *self._outcomes(raw.slice(half, len(raw)), before)]

    def _outcome(self, raw: RawMessages, before: Mapping[int, Maxima], decoded: Decoded) -> _Outcome:
        collection = collect(decoded.block, self.routes, before, self.settings.max_message_bytes)
        self._faults.forget(collection)
        return _Outcome(raw, collection, decoded.block.partitions, decoded.rejects)

    def _refused(self, raw: RawMessages, before: Mapping[int, Maxima], error: Exception) -> _Outcome:
        nothing = raw.slice(0, 0)
        outcome = self._outcome(nothing, before, self.decoding.decode(nothing))
        return replace(outcome, raw=raw, rejects=(reject(0, error, "TRANSFORMATION"),))
