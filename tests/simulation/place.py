"""The simulated broker by itself, for contract tests: time passes only where somebody waits."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import Any

from streams.kafka.transactions import TransactionState
from tests.simulation.broker import BrokerState
from tests.simulation.clients import ProducerState
from tests.simulation.group import metadata_of
from tests.simulation.log import Record
from tests.simulation.simulated_time import EPOCH_MS


class TimersState:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.loop, self.chance = self, Random(1)
        self._now_s = 0.0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    @property
    def now_ms(self) -> int:
        return EPOCH_MS + int(self._now_s * 1000)

    def call_later(self, delay_s: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (self._now_s + delay_s, next(self._numbers), call))

    def pass_time(self, duration_s: float) -> None:
        """Do what is due meanwhile."""
        until_s = self._now_s + duration_s
        while self._timers and self._timers[0][0] <= until_s:
            self._now_s, _, call = heapq.heappop(self._timers)
            call()
        self._now_s = until_s


class SimulatedPlace:
    """A source with one partition, a group with one member, and a topic to write to."""

    source, out = "source", "out"

    def __init__(self) -> None:
        self._clock = TimersState()
        self.broker = BrokerState(self._clock, {self.source: 1, self.out: 1})  # type: ignore[arg-type]
        self._group = self.broker.group("group", self.source)
        self._member: str | None = None
        self._producers: list[ProducerState] = []
        self.transaction = self.open_transaction()

    def open_transaction(self) -> TransactionState:
        """A transaction of the one transactional id."""
        return TransactionState(self._producer, 10)  # type: ignore[arg-type]

    def group(self) -> Any:
        if self._member is None:
            self._member = self._group.join(None)
        return metadata_of(self._group.generation, self._member)

    def take_away(self) -> None:
        assert self._member is not None
        self._group.leave(self._member)
        self._member = None

    def visible(self) -> list[bytes]:
        self._clock.pass_time(1)
        stable = self.broker.topics[self.out][0].stable_end
        return [record.value or b"" for _, offset, record in self.broker.committed(self.out) if offset < stable]

    def committed(self) -> int | None:
        self._clock.pass_time(1)
        found = self._group.offsets.get(0)
        return found.offset if found else None

    def produce_source(self, values: Sequence[bytes]) -> None:
        """Put messages into the source."""
        for value in values:
            self.broker.send(self.source, 0, Record(None, value, (), self._clock.now_ms))

    def flush(self) -> None:
        """Return once the broker has what was written, committed or not."""
        for producer in self._producers:
            producer.flush()

    def clean_up(self) -> None:
        """Nothing outlives the test."""

    def moment(self) -> None:
        """Nothing happens."""

    def wait(self, duration_s: float) -> None:
        self._clock.pass_time(duration_s)

    def stutters(self) -> bool:
        return False

    def _producer(self) -> ProducerState:
        self._producers.append(ProducerState(self, "transactional", {self.source: self._group}))
        return self._producers[-1]
