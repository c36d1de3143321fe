"""The messages of one poll, as columns and without any Kafka type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NO_TIMESTAMP = -1
"""What Kafka has where a record has no timestamp."""

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class RawMessages:
    """Raw messages in the order polled: within a partition, by offset.

    `values[i]` is None for a tombstone. `headers[i]` is None where a message has none, else pairs as Kafka keeps them
    (names may repeat). `unreadable` says by row why a message cannot be read although it has a value. Timestamps are
    record timestamps in epoch milliseconds, `NO_TIMESTAMP` where there is none. `presents_ms` is how far time had come
    when each message was first read, by its reader's clock; None where nobody doubts timestamps.
    """

    topic: str
    values: list[bytes | None]
    partitions: NDArray[np.int32]
    offsets: NDArray[np.int64]
    timestamps_ms: NDArray[np.int64]
    headers: list[Headers | None]
    unreadable: Mapping[int, str] = field(default_factory=dict)
    presents_ms: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """Count messages."""
        return len(self.values)

    def slice(self, start: int, stop: int) -> RawMessages:
        """Messages `start` to `stop` (exclusive)."""
        return RawMessages(
            self.topic,
            self.values[start:stop],
            self.partitions[start:stop],
            self.offsets[start:stop],
            self.timestamps_ms[start:stop],
            self.headers[start:stop],
            {row - start: why for row, why in self.unreadable.items() if start <= row < stop},
            None if self.presents_ms is None else self.presents_ms[start:stop],
        )
