"""The source log of a simulated run, from a seed: its messages, its collectors, and what decoding them gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from streams.core.collection import Route, routes
from streams.core.collectors.routing import projection
from streams.core.events.block import EventBlock
from streams.core.events.decode import Decoded, Decoder
from streams.core.events.limits import Limits
from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.messages import RawMessages
from streams.core.events.rejects import Reject
from tests.core.batches.closed_windows import collector_of
from tests.core.events.chunks import arrow_stream
from tests.simulation.simulated_time import EPOCH_MS

COLLECTED_PARTITIONS = 2
COLLECTORS = (
    collector_of(id="minutes", trigger={"type": "interval", "interval": "1m"}, allowed_lateness="20s"),
    collector_of(
        id="half",
        trigger={"type": "rows", "rows": 4},
        operators=[{"type": "random_sample", "keep_fraction": 0.5}],
        allowed_lateness="10s",
    ),
    collector_of(
        id="few",
        source={"model_id": "m"},
        trigger={"type": "rows_or_interval", "rows": 5, "interval": "2m"},
        operators=[{"type": "reservoir_sample", "rows": 3}],
    ),
    collector_of(id="by ingest", trigger={"type": "interval", "interval": "3m"}, time="ingest"),
)
_BAD = b"{"
SOURCE = "predictions"
_FIRST_MS = EPOCH_MS - 3 * 3_600_000
_END_MS = EPOCH_MS - 3_600_000
_LIMITS = Limits(max_message_bytes=20_000, max_events_per_message=10)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the source; `delay_s` after the one before it, where they do not all lie there already."""

    value: bytes
    time_ms: int
    delay_s: float


@dataclass(frozen=True)
class Traffic:
    """All messages by partition, and what is the same in every run on them.

    With `idle` all lie there from the beginning, and partitions become idle in the end; else they come by and by,
    the last of each partition far ahead in time, and partitions are never idle. Either way windows close that have
    rows in them, and how is decided by the log alone.
    """

    number: int
    idle: bool
    log: Sequence[Sequence[Sent]]
    routes: Sequence[Route]
    decoded: Decoded

    def decode(self, raw: RawMessages) -> Decoded:
        """What the decoder, given the whole log, made of these messages."""
        places = [self._places[place] for place in zip(raw.partitions.tolist(), raw.offsets.tolist(), strict=True)]
        rows = np.array([row for place in places for row in self._rows[place]], np.int64)
        refused = [(number, self._rejects[place]) for number, place in enumerate(places) if place in self._rejects]
        rejects = tuple(replace(found, message=number) for number, found in refused)
        return Decoded(_taken(self.decoded.block, rows), rejects)

    @cached_property
    def _places(self) -> dict[tuple[int, int], int]:
        every = [(partition, offset) for partition, sent in enumerate(self.log) for offset in range(len(sent))]
        return {place: number for number, place in enumerate(every)}

    @cached_property
    def _rows(self) -> list[list[int]]:
        rows: list[list[int]] = [[] for _ in self._places]
        block = self.decoded.block
        for row, place in enumerate(zip(block.partitions.tolist(), block.offsets.tolist(), strict=True)):
            rows[self._places[place]].append(row)
        return rows

    @cached_property
    def _rejects(self) -> dict[int, Reject]:
        return {found.message: found for found in self.decoded.rejects}


@lru_cache(4)
def traffic(number: int) -> Traffic:
    """The traffic of this number."""
    chance = Random(number)
    idle = chance.random() < 0.3
    log = [_messages(chance, idle=idle) for _ in range(chance.randint(1, 3))]
    return Traffic(number, idle, log, routes(COLLECTORS, COLLECTED_PARTITIONS), _decoded(log))


def _messages(chance: Random, *, idle: bool) -> list[Sent]:
    sent, time_ms = [], _FIRST_MS
    for _ in range(chance.randint(6, 14)):
        time_ms += chance.choice((0, 0, 5, 10, 30, 60)) * 1000
        events = [_event(chance, time_ms) for _ in range(chance.choice((1, 1, 2, 3)))]
        value = _BAD if chance.random() < 0.06 else arrow_stream(pa.Table.from_pylist(events))
        sent.append(Sent(value, time_ms + chance.choice((0, 0, 3000)), chance.uniform(0, 1.5)))
    end = {"model": {"id": "n"}, "time": _END_MS, "collectors": ["nobody"]}
    last = Sent(arrow_stream(pa.Table.from_pylist([end])), _END_MS, 0.0)
    return sent if idle else [*sent, last]


def _event(chance: Random, time_ms: int) -> dict[str, Any]:
    back_ms = chance.choice((0, 0, 0, 0, 15_000, 70_000, 300_000))
    return {"model": {"id": chance.choice("mn")}, "time": time_ms - back_ms, "collectors": None}


def _decoded(log: Sequence[Sequence[Sent]]) -> Decoded:
    every = [(p, o, one) for p, sent in enumerate(log) for o, one in enumerate(sent)]
    raw = RawMessages(
        SOURCE,
        [one.value for _, _, one in every],
        np.array([partition for partition, _, _ in every], np.int32),
        np.array([offset for _, offset, _ in every], np.int64),
        np.array([one.time_ms for _, _, one in every], np.int64),
        [None] * len(every),
    )
    return Decoder().decode(raw, projection(COLLECTORS), LocalSchemas([]), _LIMITS)


def _taken(block: EventBlock, rows: np.ndarray) -> EventBlock:
    """These rows of a block without optional columns but `collectors`; payloads stay where they are."""
    whole = {"encodings", "payloads", "metadata", "features", "concepts", "input_text"}
    columns = {each.name: getattr(block, each.name) for each in fields(block) if each.name not in whole}
    return replace(
        block, **{name: None if column is None else _rows_of(column, rows) for name, column in columns.items()}
    )


def _rows_of(column: Any, rows: np.ndarray) -> Any:
    return column[rows] if isinstance(column, np.ndarray) else column.take(pa.array(rows))
