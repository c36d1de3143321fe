"""Chunks of one partition, for stages whose messages are values and headers."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from streams.core.events.messages import RawMessages
from streams.kafka.items import Chunk

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class SomeMessage:
    """As much of a client's message as a dead letter needs."""

    said: tuple[str, int, bytes, list[tuple[str, bytes]]]

    def topic(self) -> str:
        return self.said[0]

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.said[1]

    def key(self) -> None:
        return None

    def value(self) -> bytes:
        return self.said[2]

    def headers(self) -> list[tuple[str, bytes]]:
        return self.said[3]


def chunk_of(values: Sequence[bytes], first: int, headers: list[tuple[str, bytes]], topic: str) -> Chunk:
    """Messages from offset `first` on, recorded an hour apart."""
    offsets = np.arange(first, first + len(values), dtype=np.int64)
    raw = RawMessages(
        topic=topic,
        partitions=np.zeros(len(values), np.int32),
        offsets=offsets,
        timestamps_ms=offsets * HOUR_MS,
        values=list(values),
        headers=[headers for _ in values],
    )
    messages: list[Any] = [
        SomeMessage((topic, offset, value, headers)) for offset, value in zip(offsets.tolist(), values, strict=True)
    ]
    return Chunk(1, raw, messages, 0, Future())
