"""One simulated run: workers, faults and a log from a seed, until everything is processed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from streams.core.batches.build import Batch, build_batch
from streams.core.events.parse import PayloadParserState
from streams.core.windows.closed import ClosedWindow
from streams.kafka.errors import KafkaStageError
from streams.metrics import create_metrics
from streams.stages.collect import CollectSettings, CollectState
from streams.stages.report import ReportSettings, ReportState
from streams.stages.runner import Processor
from streams.stages.snapshot_encoding import snapshot_encoding
from streams.stages.window import WindowSettings, WindowState
from tests.simulation.broker import BrokerState
from tests.simulation.clients import ConsumerState
from tests.simulation.faults import NO_FAULTS, FaultRates, FaultsState, drawn
from tests.simulation.log import Record
from tests.simulation.process import ProcessState, Surroundings, Tuning
from tests.simulation.report_pool import ReportPool
from tests.simulation.simulated_time import ClockState, EventState, SimulatedLoop
from tests.simulation.traffic import COLLECTED_PARTITIONS, COLLECTORS, SOURCE, Traffic

COLLECTED, BATCHES, PROGRESS = "collected", "batches", "window-progress"
SNAPSHOTS, DEAD = "snapshots", "dead-letters"
STAGES = {"collect": SOURCE, "window": COLLECTED, "report": BATCHES}
Build = Callable[[ClosedWindow, PayloadParserState], Batch]
_HEARTBEAT_MS = 10_000
_COPY_BYTES = 6_000  # a few segments
_STUCK_S = 600.0
_SETTLED_S = 5.0
_CLOCKED = ("pump", "patience", "transactions", "committed_records", "stopping")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind."""

    broker: BrokerState
    objects: dict[str, bytes]
    faults: FaultsState
    seconds: float


class RunState:
    """A run under way: starts processes, and others in place of those that die."""

    def __init__(self, around: Surroundings, traffic: Traffic, *, workers: int) -> None:
        self.around, self.traffic = around, traffic
        self.processes: list[ProcessState] = []
        self.wrong: BaseException | None = None
        self._chance = around.clock.chance
        self._workers = workers
        self._watching: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        producing = [asyncio.create_task(self._produce(number)) for number in range(len(self.traffic.log))]
        for stage in STAGES:
            for number in range(self._workers):
                self._watch(stage, str(number))
        disturbing = asyncio.create_task(self._disturb())
        await asyncio.gather(*producing, disturbing)
        await asyncio.sleep(self.around.faults.rates.until_s + _SETTLED_S - self._now_s)
        while not self._is_done():
            assert self._now_s < _STUCK_S, "the run does not come to its end"
            await asyncio.sleep(1.0)
        self._end()

    def _end(self) -> None:
        for process in self.processes:
            process.kill("the end")
        for task in self._watching:
            task.cancel()

    @property
    def _now_s(self) -> float:
        return self.around.clock.monotonic()

    def _is_done(self) -> bool:
        if self.wrong is not None:
            raise self.wrong
        read = {stage: {p for each in self._of(stage) for p in each.pump._consumer.partitions} for stage in STAGES}
        whole = all(len(read[stage]) == len(self.around.broker.topics[topic]) for stage, topic in STAGES.items())
        pending = any(log.pending for logs in self.around.broker.topics.values() for log in logs)
        done = all(each.is_done() for stage in STAGES for each in self._of(stage))
        return whole and not pending and done and (self._are_all_idle() or not self.traffic.idle)

    def _are_all_idle(self) -> bool:
        states = [state for each in self._of("window") for state in each.runner.processor._partitions.values()]
        sources = [state.watermarks.sources for state in states]
        return all(len(each) == len(self.traffic.log) and all(one.idle for one in each) for each in sources)

    def _of(self, stage: str) -> list[ProcessState]:
        return [each for each in self.processes if each.alive and each.stage == stage]

    async def _produce(self, partition: int) -> None:
        for sent in self.traffic.log[partition]:
            if not self.traffic.idle:
                await asyncio.sleep(sent.delay_s)
            self.around.broker.send(SOURCE, partition, Record(None, sent.value, (), sent.time_ms))

    async def _disturb(self) -> None:
        """Rebalances, members put out of their group, and workers that come and go."""
        for _ in range(self.around.faults.rates.disturbances):
            await asyncio.sleep(self._chance.uniform(0, 8))
            stage = self._chance.choice(list(STAGES))
            group = self.around.broker.group(f"streams-{stage}", STAGES[stage])
            match self._chance.randrange(3):
                case 0 if group.members and not group.rebalancing:
                    group.rebalance()
                case 1 if group.members:
                    group.leave(self._chance.choice(sorted(group.members)))
                case _:
                    self._watch(stage, f"guest-{self._chance.random()}", stays_s=self._chance.uniform(1, 15))

    def _watch(self, stage: str, name: str, stays_s: float | None = None) -> None:
        self._watching.append(asyncio.create_task(self._watched(stage, name, stays_s)))

    async def _watched(self, stage: str, name: str, stays_s: float | None) -> None:
        """Start a process; where it dies, start another one in its place, under the same name or a new one."""
        loop = asyncio.get_running_loop()
        while True:
            process = ProcessState(self.around, stage, STAGES[stage], name, MAKERS[stage](self.traffic))
            self.processes.append(process)
            process.start(_tuning(self._chance))
            if stays_s is not None:
                loop.call_later(stays_s, process.stop)
            how = await process.ended
            if isinstance(how, Exception) and not _is_fenced(how):
                self.wrong = how
            if how == "stopped" or stays_s is not None:
                return
            await asyncio.sleep(self._chance.choice((0.1, 2.0, 15.0)))
            name = self._chance.choice((name, f"{name}+"))


def _is_fenced(error: Exception) -> bool:
    return isinstance(error, KafkaStageError) and "took over" in str(error)


def _tuning(chance: Random) -> Tuning:
    return Tuning(chance.choice((3, 8, 20)), chance.choice((0.0, 1.0, 3.0)), chance.choice((1500, 1_000_000)))


def _collect(traffic: Traffic) -> Callable[[ProcessState], Processor]:
    idle_after_ms = 5_000 if traffic.idle else 10**9
    settings = CollectSettings(SOURCE, COLLECTED, DEAD, COLLECTED_PARTITIONS, 100_000, idle_after_ms, _HEARTBEAT_MS)
    return lambda process: CollectState(settings, traffic.routes, traffic, process.around.metrics)  # type: ignore[arg-type]


def _window(traffic: Traffic) -> Callable[[ProcessState], Processor]:
    del traffic
    settings = WindowSettings(COLLECTED, BATCHES, PROGRESS, copy_bytes=_COPY_BYTES)
    return lambda process: WindowState(
        settings,
        process.objects(),
        lambda partition: process.read_progress(PROGRESS, partition),
        process.around.metrics,
    )


def _report(traffic: Traffic) -> Callable[[ProcessState], Processor]:
    del traffic
    settings = ReportSettings(BATCHES, SNAPSHOTS, *snapshot_encoding("json", 500_000))
    collectors = {collector.id: collector for collector in COLLECTORS}

    def make(process: ProcessState) -> Processor:
        store = process.objects()
        return ReportState(settings, collectors, store, ReportPool(store), process.around.metrics)

    return make


MAKERS: dict[str, Callable[[Traffic], Callable[[ProcessState], Processor]]] = {
    "collect": _collect,
    "window": _window,
    "report": _report,
}


def straight(traffic: Traffic) -> Outcome:
    """A run of one worker in which nothing goes wrong."""
    return _run(traffic, Random(0), NO_FAULTS, workers=1)


def disturbed(traffic: Traffic, seed: int, build: Build = build_batch) -> Outcome:
    """A run in which everything may go wrong. `build` stands for `build_batch`."""
    chance = Random(f"run {seed}")
    with patch("streams.stages.window.build_batch", build):
        return _run(traffic, chance, drawn(chance), workers=chance.choice((1, 2)))


def _run(traffic: Traffic, chance: Random, rates: FaultRates, *, workers: int) -> Outcome:
    loop = SimulatedLoop()
    clock = ClockState(loop, chance)
    partitions = {SOURCE: len(traffic.log), COLLECTED: COLLECTED_PARTITIONS, PROGRESS: COLLECTED_PARTITIONS}
    broker = BrokerState(clock, {**partitions, BATCHES: 2, SNAPSHOTS: 1, DEAD: 1})
    around = Surroundings(clock, broker, {}, FaultsState(rates, chance), create_metrics())
    with _simulated(clock):
        try:
            loop.run_until_complete(RunState(around, traffic, workers=workers).run())
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()
    return Outcome(broker, around.objects, around.faults, clock.monotonic())


@contextmanager
def _simulated(clock: ClockState) -> Iterator[None]:
    """Real parts see the simulated clock, and wait in simulated threads."""
    with ExitStack() as patched:
        for module in _CLOCKED:
            patched.enter_context(patch(f"streams.kafka.{module}.time", clock))
        patched.enter_context(patch("streams.stages.runner.time", clock))
        threads = SimpleNamespace(Event=lambda: EventState(clock, _nothing), Thread=lambda **_: None)
        patched.enter_context(patch("streams.kafka.pump.threading", threads))
        patched.enter_context(patch("streams.kafka.committed_records.open_consumer", _open_consumer))
        yield


def _open_consumer(config: dict[str, Any], on_error: Callable[..., None]) -> ConsumerState:
    del on_error
    process: ProcessState = config["process"]
    return process.consumer(read_committed=config["isolation.level"] == "read_committed")


def _nothing() -> None:
    pass
