"""Stages that take messages one by one: one that provokes any error costs itself alone.

Only an outage is waited for. Anything else would come again at every restart, and end the stage each time.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from streams.core.events.messages import RawMessages
from streams.core.events.rejects import reject
from streams.core.events.schema_source import SchemaUnavailableError
from streams.kafka.dead_letters import dead_letter
from streams.kafka.errors import GivenUpError, KafkaStageError, UnreachableError
from streams.kafka.items import Chunk, Start, Tick
from streams.kafka.transactions import Outgoing
from streams.metrics import Metrics
from streams.outlets.errors import OutletUnavailableError
from streams.stages.runner import Checkpoint, Processor
from streams.stores.errors import StoreUnavailableError

logger = logging.getLogger(__name__)

_NO_FAULT_OF_A_MESSAGE = (
    StoreUnavailableError,
    SchemaUnavailableError,
    OutletUnavailableError,
    UnreachableError,
    GivenUpError,
    KafkaStageError,
    MemoryError,
)


@dataclass(slots=True)
class SetAsideState:
    """A processor (see `runner.Processor`) around another, which takes a message without a value for nothing to do.

    What the other cannot process alone becomes a dead letter of at most `letter_bytes`.
    """

    stage: str
    inner: Processor
    dead_letters: str
    letter_bytes: int
    metrics: Metrics
    _dead: Counter[str] = field(default_factory=Counter)

    def prepare(self, raw: RawMessages) -> object:
        """See `Processor.prepare`."""
        return self.inner.prepare(raw)

    def assign(self, starts: Sequence[Start], partition_count: int) -> None:
        """Begin anew."""
        self._dead = Counter()
        self.inner.assign(starts, partition_count)

    def process(self, chunk: Chunk) -> Sequence[Outgoing]:
        """What the other makes of the chunk; where it fails, of each message alone."""
        try:
            return self.inner.process(chunk)
        except _NO_FAULT_OF_A_MESSAGE:
            raise
        except Exception:
            logger.exception("%s: a chunk of %s messages cannot be processed", self.stage, len(chunk.raw))
        singles = (_part(chunk, row) for row in range(len(chunk.raw)))
        return [each for single in singles for each in self._alone(single)]

    def tick(self, tick: Tick) -> bool:
        """See `Processor.tick`."""
        return self.inner.tick(tick)

    def checkpoint(self) -> Checkpoint:
        """See `Processor.checkpoint`."""
        made, dead, self._dead = self.inner.checkpoint(), self._dead, Counter()
        return replace(made, committed=lambda: self._committed(made.committed, dead))

    def _alone(self, single: Chunk) -> Iterator[Outgoing]:
        try:
            yield from self.inner.process(single)
        except _NO_FAULT_OF_A_MESSAGE:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a message provokes; the dead letter says it
            refused = reject(0, error, "TASK_PUT")
            self._dead[refused.exception_class.rpartition(".")[2]] += 1
            yield dead_letter(self.dead_letters, single.messages[0], refused, self.letter_bytes)
            yield from self.inner.process(replace(single, raw=replace(single.raw, values=[None])))

    def _committed(self, inner: Callable[[], None], dead: Counter[str]) -> None:
        inner()
        for reason, number in dead.items():
            self.metrics.dead_letters.labels(self.stage, reason).inc(number)


def _part(chunk: Chunk, row: int) -> Chunk:
    return replace(chunk, raw=chunk.raw.slice(row, row + 1), messages=chunk.messages[row : row + 1])
