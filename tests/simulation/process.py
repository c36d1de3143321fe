"""A process that runs one stage: the pump, the runner, the transaction and the stage of a worker, as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaException

from streams.kafka import committed_records
from streams.kafka.errors import KafkaStageError
from streams.kafka.in_flight import InFlightBytesState
from streams.kafka.items import Item
from streams.kafka.pump import PumpSettings, PumpState
from streams.kafka.stopping import StoppingState
from streams.kafka.transactions import TransactionState
from streams.metrics import Metrics, StageMetrics
from streams.stages.runner import Processor, RunnerSettings, RunnerState
from tests.simulation.broker import BrokerState
from tests.simulation.clients import ConsumerState, ProducerState
from tests.simulation.faults import FaultsState
from tests.simulation.group import SESSION_S
from tests.simulation.objects import ObjectsState
from tests.simulation.simulated_time import AtOnce, ClockState, EventState, Killed, ThreadState

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What outlives every process."""

    clock: ClockState
    broker: BrokerState
    objects: dict[str, bytes]
    faults: FaultsState
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a worker of this run is set up."""

    poll_messages: int
    commit_interval_s: float
    in_flight_bytes: int


class PatientInFlightState(InFlightBytesState):
    """The brake of a pump that is a simulated thread."""

    def __init__(self, budget_bytes: int, process: ProcessState) -> None:
        super().__init__(budget_bytes)
        self._process = process

    def wait_for_room(self, timeout_s: float) -> bool:
        if self.bytes > self.budget_bytes:
            self._process.wait(timeout_s)
        return self.bytes <= self.budget_bytes


class ProcessState:
    """Begins with `start`; ends with `stop`, or where a fault kills it. `ended` says how."""

    def __init__(
        self, around: Surroundings, stage: str, topic: str, name: str, make: Callable[[ProcessState], Processor]
    ) -> None:
        self.broker = around.broker
        self.around = around
        self.stage, self.topic, self.name = stage, topic, name
        self.alive, self.ended = True, asyncio.get_running_loop().create_future()
        self.consumers: list[ConsumerState] = []
        self._make = make
        self._frozen_until_s = 0.0
        self._items: asyncio.Queue[Item] = asyncio.Queue()

    def start(self, tuning: Tuning) -> None:
        """Begin to run."""
        group = self.broker.group(f"streams-{self.stage}", self.topic)
        in_flight = PatientInFlightState(tuning.in_flight_bytes, self)
        producer = lambda: ProducerState(self, f"{self.stage}-{self.name}", {self.topic: group})  # noqa: E731
        self.runner = RunnerState(
            self.stage,
            self._make(self),
            TransactionState(producer, _TIMEOUT_S),  # type: ignore[arg-type]
            in_flight,
            RunnerSettings(tuning.commit_interval_s),
            StageMetrics(self.around.metrics, self.stage, self.topic),
            rewind=lambda epoch: self.pump.rewind(epoch),  # noqa: PLW0108 - the pump is made below
            _compute=self._thread(),
            _write=self._thread(),
        )
        self.stopping = StoppingState(_TIMEOUT_S)
        self.stopping.begun = self.event()
        self.pump = PumpState(
            PumpSettings(self.topic, tuning.poll_messages, poll_timeout_s=3.0, tick_s=2.0),
            lambda _: self.consumer(group),
            self._items.put_nowait,
            in_flight,
            self.runner,
            self.stopping,
        )
        self.pump._preparing = AtOnce()
        self._task = asyncio.create_task(self._agent())

    def objects(self) -> ObjectsState:
        """The object store, as this process reaches it."""
        refuses = lambda: self.around.faults.store_refuses(self._now_s)  # noqa: E731
        return ObjectsState(self.around.objects, self.moment, refuses)

    def event(self) -> EventState:
        """An event that threads of this process wait for."""
        return EventState(self.around.clock, self._check)

    def read_progress(self, topic: str, partition: int) -> list[tuple[bytes, bytes]]:
        """The real reader of progress, on simulated consumers."""
        return committed_records.read_progress({"process": self, "isolation.level": "read_committed"}, topic, partition)

    def consumer(self, group: Any = None, *, read_committed: bool = True) -> ConsumerState:
        """A consumer in this process."""
        made = ConsumerState(self, group, read_committed)
        self.consumers.append(made)
        return made

    def moment(self) -> None:
        """Something is about to happen, or has happened: the process may die or freeze, or others may go on."""
        self._check()
        faults = self.around.faults
        if faults.crashes_now(self._now_s):
            self.kill("crashed")
            raise Killed
        frozen_s = faults.freeze_s(self._now_s)
        if frozen_s:
            self._freeze(frozen_s)
        if self._now_s < self._frozen_until_s or faults.others_go_on():
            self.wait(self.around.clock.chance.uniform(0, 0.3))

    def wait(self, duration_s: float) -> None:
        """Let time pass; longer, where the process is frozen."""
        self.around.clock.sleep(duration_s)
        self._check()
        while self._now_s < self._frozen_until_s:
            self.around.clock.sleep(self._frozen_until_s - self._now_s + 0.001)
            self._check()

    def stutters(self) -> bool:
        """Whether the broker's answer gets lost."""
        return self.around.faults.broker_stutters(self._now_s)

    def kill(self, how: str | Exception) -> None:
        """Stop at once: no thread of it goes on, and the group hears nothing more."""
        if not self.alive:
            return
        self.alive = False
        self._task.cancel()
        self._expire_sessions(SESSION_S)
        self.ended.set_result(how)

    def stop(self) -> None:
        """Tell it to finish what it has and leave."""
        self.stopping.begun.set()

    def is_done(self) -> bool:
        """Whether it has handled and committed everything that is there."""
        runner, pump = self.runner, self.pump
        if self._now_s < self._frozen_until_s:
            return False
        waiting = self._items.qsize() or runner.in_flight.bytes or runner._dirty or runner._writing is not None
        return not waiting and runner.assigned and pump._assigned is None and pump._consumer.caught_up  # type: ignore[attr-defined]

    @property
    def _now_s(self) -> float:
        return self.around.clock.monotonic()

    def _check(self) -> None:
        if not self.alive:
            raise Killed

    def _thread(self) -> Any:
        return ThreadState(self.around.clock, self.moment)

    def _freeze(self, duration_s: float) -> None:
        self._frozen_until_s = self._now_s + duration_s
        if duration_s > SESSION_S:
            self._expire_sessions(SESSION_S)

    def _expire_sessions(self, after_s: float) -> None:
        for consumer in self.consumers:
            group, member = consumer.group, consumer.member
            if group is not None and member is not None:
                self.around.clock.loop.call_later(after_s, group.leave, member)

    async def _agent(self) -> None:
        """As `streams.stages.app.create_agent`; polling begins once the runner has started."""
        try:
            await self.runner.start()
            self.around.clock.spawn(self._pump)
            while True:
                await self.runner.handle(await self._items.get())
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the end
            self.kill(error)

    def _pump(self) -> None:
        """As `PumpState._run`, without its thread."""
        try:
            self.pump._subscribe()
            while not self.stopping.begun.is_set():
                self.pump._turn_or_reconnect()
            self.pump._consumer.close()
            self.kill("stopped")
        except (KafkaException, KafkaStageError, ValueError) as error:
            self.kill(error)
