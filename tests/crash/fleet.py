"""The workers of a run under attack: hit, and replaced by whoever looks after them, as on a cluster."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from confluent_kafka import Consumer, Producer

from tests.crash.clock import MovableClock
from tests.crash.faults import Fault
from tests.integration.pipeline import PipelineState
from tests.integration.worker_process import WorkerProcess

STAGES = ("collect", "window", "report")
_HOUR_S = 3600
_STARTED_S = 20


@dataclass(frozen=True, slots=True)
class Member:
    """A worker, the name under which it writes, and its clock."""

    name: str
    worker: WorkerProcess
    clock: MovableClock | None


@dataclass(slots=True)
class FleetState:
    """As many workers as asked for: one that ended is replaced at the next `mend`.

    `ended` counts the exits that nobody asked for, by what the worker said last.
    """

    run: PipelineState
    size: int
    clocks: bool
    members: list[Member] = field(default_factory=list)
    moved: list[Member] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    started: int = 0

    def mend(self) -> None:
        """Replace whoever ended."""
        for member in [each for each in self.members if not each.worker.running]:
            self.members.remove(member)
            self.ended[last_words(member.worker)] += 1
        while len(self.members) < self.size:
            self._start(f"n{self.started}")

    @contextmanager
    def looked_after(self) -> Iterator[None]:
        """Mend, again and again, for the length of the block."""
        enough = threading.Event()
        thread = threading.Thread(target=self._look_after, args=(enough,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            enough.set()
            thread.join()

    def _look_after(self, enough: threading.Event) -> None:
        while not enough.wait(0.5):
            self.mend()

    def kill(self, fault: Fault) -> None:
        victim = self.take_out(fault)
        victim.worker.kill()
        self.kills += 1
        self._start(victim.name if fault.same_name else f"n{self.started}")

    def leave(self, fault: Fault) -> None:
        """One goes in order; another comes before it is gone. A paused one cannot hear, and is woken."""
        victim = self.take_out(fault)
        victim.worker.send(signal.SIGCONT)
        victim.worker.send(signal.SIGTERM)
        self._start(f"n{self.started}")

    def pause(self, fault: Fault) -> Member:
        member = self.victim(fault)
        member.worker.send(signal.SIGSTOP)
        return member

    def fence(self, fault: Fault) -> None:
        """Another producer of its name takes over, as when a replacement comes too early."""
        name, stage = self.victim(fault).name, STAGES[fault.dice % len(STAGES)]
        identity = {"transactional.id": f"{self.run.group(stage)}-{name}"}
        Producer({"bootstrap.servers": self.run.servers, **identity}).init_transactions(30)

    def jump(self, fault: Fault) -> MovableClock | None:
        """Put a worker's clock ahead, to be put back later. It has to be up: that is waited for, but not for ever.

        libfaketime does not move the kernel's clock, which timed waits go by: where a client that is still starting
        waits for something, it would wait for an hour, and behind the kernel's clock it would not wait at all.
        """
        member, give_up_at = self.victim(fault), time.monotonic() + _STARTED_S
        while member.worker.running and not is_up(member.worker) and time.monotonic() < give_up_at:
            time.sleep(0.1)
        clock = member.clock if is_up(member.worker) else None
        if clock is not None:
            clock.set(1 + fault.dice % _HOUR_S)
            self.moved.append(member)
        return clock

    def retire(self) -> None:
        """End whose clock was moved: a timed wait that began meanwhile may last for as long as the clock was ahead, and
        who waits cannot leave in order.
        """
        for member in [each for each in self.members if each in self.moved]:
            self.members.remove(member)
            member.worker.kill()

    def storm(self, fault: Fault) -> None:
        """Members that do no work join every group and leave at once, again and again."""
        until = time.monotonic() + fault.length_s
        while time.monotonic() < until:
            with ExitStack() as guests:
                for stage in STAGES:
                    guests.enter_context(_guest(self.run, stage))

    def victim(self, fault: Fault) -> Member:
        self.mend()
        return self.members[fault.dice % len(self.members)]

    def take_out(self, fault: Fault) -> Member:
        victim = self.victim(fault)
        self.members.remove(victim)
        return victim

    def running(self) -> list[int]:
        """Process ids."""
        return [each.worker.pid for each in self.members if each.worker.running]

    def _start(self, name: str) -> None:
        clock = MovableClock(self.run.folder / f"{self.started}.clock") if self.clocks else None
        environ: Mapping[str, str] = clock.environ if clock else {}
        if clock:
            clock.set(0)
        worker = self.run.start(**{"STREAMS_INSTANCE": name, **environ})
        self.started += 1
        self.members.append(Member(name, worker, clock))


def is_up(worker: WorkerProcess) -> bool:
    """Whether every stage has begun to poll."""
    return worker.log.read_text(errors="replace").count("PumpState]: Starting") >= len(STAGES)


def last_words(worker: WorkerProcess) -> str:
    """Why a worker ended: the last error that it wrote, shortened."""
    lines = worker.log.read_text(errors="replace").splitlines()
    errors = [line.strip() for line in lines if "rror: " in line]
    return (errors or ["nothing was said"])[-1].partition("%")[0][:160]


@contextmanager
def _guest(run: PipelineState, stage: str) -> Iterator[None]:
    """A member of a stage's group for the length of the block; it never commits."""
    topic = {"collect": run.predictions, "window": run.topic("collected"), "report": run.topic("batches")}[stage]
    group = {"bootstrap.servers": run.servers, "group.id": run.group(stage), "enable.auto.commit": False}
    consumer = Consumer({**group, "session.timeout.ms": 6000})
    consumer.subscribe([topic])
    consumer.consume(1, 0.3)
    try:
        yield
    finally:
        consumer.close()
