"""What a pump puts on its stage's channel, in the order it happened.

Chunks and changes of assignment travel the same way, so a stage never has to ask which came first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Message

from streams.core.events.messages import RawMessages


@dataclass(frozen=True, slots=True)
class Start:
    """Where a partition is taken up: the committed offset and the metadata committed with it.

    Without a committed offset, `offset` is the first one that the log holds and `metadata` is empty.
    """

    partition: int
    offset: int
    metadata: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """The consumer owns exactly these partitions from here on.

    `group` is the consumer group's metadata as of this assignment: a transaction that commits offsets with it is
    refused by the broker once the assignment is over (KIP-447). `partition_count` is the size of the whole topic.
    """

    epoch: int
    starts: tuple[Start, ...]
    group: Any
    partition_count: int


@dataclass(frozen=True, slots=True)
class Unprepared:
    """Prepares a chunk when it is its turn, not ahead: for one that may become much larger than its bytes."""

    prepare: Callable[[], Any]

    def result(self) -> Any:
        """What a stage makes of the chunk."""
        return self.prepare()


@dataclass(frozen=True, slots=True)
class Chunk:
    """The messages of one poll, as columns for decoding and as messages for whoever needs key and headers.

    `prepared` is what the stage's `prepare` makes of `raw`, on another thread. `given_up` is set, on any thread, once
    the partitions are to go: who has not begun with the chunk need not, who is at work on it may raise `GivenUpError`.
    """

    epoch: int
    raw: RawMessages
    messages: Sequence[Message]
    bytes: int
    prepared: Future[Any] | Unprepared
    given_up: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes, also when nothing comes.

    `idle_since_ms` names the partitions whose end was reached and since when nothing more came, by the worker's clock.
    `ends` has the partitions' ends as the last fetch saw them. `given_up` is that of chunks: a tick behind a chunk that
    was passed by may take that one for read.
    """

    epoch: int
    at_ms: int
    idle_since_ms: Mapping[int, int]
    ends: Mapping[int, int] = field(default_factory=dict)
    given_up: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Revoked:
    """The partitions go to somebody else once `done` is set: commit what was finished first."""

    epoch: int
    done: threading.Event


@dataclass(frozen=True, slots=True)
class Lost:
    """The partitions are somebody else's already: commit nothing."""

    epoch: int


Item = Assigned | Chunk | Tick | Revoked | Lost
