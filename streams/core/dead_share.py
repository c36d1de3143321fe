"""The share of messages of a source partition that nobody can read: one bad deploy must not drain a topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


class TooManyDeadError(RuntimeError):
    """So many messages of a partition cannot be read that something else must be wrong."""


@dataclass(slots=True)
class DeadShareState:
    """Counts messages and dead ones by source partition, and forgets: what is older than `sample` messages counts half.

    A partition is judged once it has shown `sample` messages. Where a larger share than `limit` is dead, `add` raises.
    """

    limit: float
    sample: int
    _counts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, topic: str, partitions: NDArray[np.int32], dead: Iterable[int]) -> None:
        """Take the messages of a chunk in, by partition, and the partitions of its dead ones. TooManyDeadError."""
        died = Counter(dead)
        for partition, number in zip(*np.unique(partitions, return_counts=True), strict=True):
            before, before_dead = self._counts.get(int(partition), (0, 0))
            messages, dead_messages = before + int(number), before_dead + died[int(partition)]
            if messages >= self.sample:
                self._judge(f"{topic}-{partition}", messages, dead_messages)
                messages, dead_messages = messages // 2, dead_messages // 2
            self._counts[int(partition)] = (messages, dead_messages)

    def _judge(self, where: str, messages: int, dead: int) -> None:
        if dead > self.limit * messages:
            raise TooManyDeadError(
                f"{where}: of the last {messages} messages {dead} cannot be read, which is more than the share of"
                f" {self.limit:g} that limits.dead_letter_share allows: the worker stops before it drains the topic"
                " into the dead letters. See `streams dead-letters list` for the reasons; put the producer or the"
                " schema right, or raise STREAMS_LIMITS_DEAD_LETTER_SHARE (1 lets everything pass)"
            )
