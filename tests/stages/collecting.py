"""The collect stage on messages that a test makes: no broker, no threads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from confluent_kafka import Message

from streams.core.collection import routes
from streams.core.collectors.collector import Collector
from streams.core.collectors.routing import projection
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import Headers, RawMessages
from streams.core.events.projection import Projection
from streams.core.windows.account import Account, decode_account
from streams.core.windows.state import CollectedRecord
from streams.kafka.items import Chunk, Start
from streams.kafka.records import ACCOUNT
from streams.kafka.transactions import Outgoing, SourceOffset
from streams.metrics import create_metrics
from streams.stages.collect import CollectSettings, CollectState
from streams.stages.decoding import DecodingState
from tests.core.events.chunks import SCHEMA

SETTINGS = CollectSettings("predictions", "collected", "dead-letters", 1, 1_000_000, 30_000, 10_000)
LIMITS = Limits(max_message_bytes=20_000, max_events_per_message=10)


@dataclass(frozen=True)
class Sent:
    """A message of the source."""

    value: bytes | None
    time_ms: int = 1_000
    key: bytes | None = None
    headers: Headers | None = None


Log = Mapping[int, Sequence[Sent]]
Places = Sequence[tuple[int, int]]


def json_of(**event: Any) -> bytes:
    """An event of model `m` as JSON."""
    return json.dumps({"model": {"id": "m"}} | event).encode()


@dataclass
class StageState:
    """A collect stage, and all that it has put out: an uncommitted transaction's part in `open`."""

    collectors: Sequence[Collector]
    log: Log
    outgoing: list[Outgoing] = field(default_factory=list)
    offsets: dict[int, SourceOffset] = field(default_factory=dict)
    settings: CollectSettings = SETTINGS

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin with a new stage where the last commit was."""
        routed = routes(self.collectors, 1)
        self.stage = CollectState(self.settings, routed, decoding(projection(self.collectors)), create_metrics())
        starts = [Start(p, *self._committed(p)) for p in self.log]
        self.stage.assign(starts, len(self.log))

    def read(self, places: Places) -> list[Outgoing]:
        """Offer messages (partition, offset) as one chunk; what comes out is remembered too."""
        made = list(self.stage.process(chunk_of(self.log, places, self.stage)))
        self.outgoing += made
        return made

    def commit(self) -> list[Account]:
        """Commit; the accounts that say what was read since the last time."""
        checkpoint = self.stage.checkpoint()
        self.outgoing += checkpoint.outgoing
        self.offsets |= {one.partition: one for one in checkpoint.offsets}
        return [decode_account(one.value or b"") for one in checkpoint.outgoing]

    def collected(self) -> list[CollectedRecord]:
        """What stands in the `collected` log."""
        mine = [one for one in self.outgoing if one.topic == self.settings.collected]
        return [
            CollectedRecord(offset, "account" if one.headers == ACCOUNT else "segment", one.value or b"")
            for offset, one in enumerate(mine)
        ]

    def dead_letters(self) -> list[Outgoing]:
        """What stands in the dead letters."""
        return [one for one in self.outgoing if one.topic == self.settings.dead_letters]

    def _committed(self, partition: int) -> tuple[int, str]:
        known = self.offsets.get(partition)
        return (known.offset, known.metadata) if known else (0, "")


@cache
def decoding(fields: Projection) -> DecodingState:
    """Shared, for it is no state of the stage's, and a decoder takes long to make."""
    return DecodingState(fields, LocalSchemas([SCHEMA]), LIMITS)


def chunk_of(log: Log, places: Places, stage: CollectState) -> Chunk:
    """A chunk as the pump delivers it, decoded ahead."""
    sent = [log[partition][offset] for partition, offset in places]
    raw = RawMessages(
        "predictions",
        [one.value for one in sent],
        np.array([partition for partition, _ in places], np.int32),
        np.array([offset for _, offset in places], np.int64),
        np.array([one.time_ms for one in sent], np.int64),
        [one.headers for one in sent],
    )
    messages = [_message(one, *place) for one, place in zip(sent, places, strict=True)]
    return Chunk(0, raw, messages, sum(len(one.value or b"") for one in sent), _prepared(stage, raw))


def _message(sent: Sent, partition: int, offset: int) -> Message:
    more: dict[str, Any] = {"headers": sent.headers} if sent.headers else {}
    return Message("predictions", partition, offset, key=sent.key, value=sent.value, **more)


def _prepared(stage: CollectState, raw: RawMessages) -> Future[Any]:
    prepared: Future[Any] = Future()
    try:
        prepared.set_result(stage.prepare(raw))
    except Exception as error:  # noqa: BLE001 - as an executor does
        prepared.set_exception(error)
    return prepared


def every_place(log: Log) -> list[tuple[int, int]]:
    """All messages, partition by partition."""
    return [(partition, offset) for partition, sent in log.items() for offset in range(len(sent))]


def headers_of(letters: Iterable[Outgoing]) -> list[dict[str, str]]:
    """What the error headers of dead letters say, without their prefix."""
    return [
        {
            name.removeprefix("__connect.errors."): text.decode()
            for name, text in one.headers or ()
            if isinstance(text, bytes) and name.startswith("__connect.errors.")
        }
        for one in letters
    ]
