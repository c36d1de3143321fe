"""Carrying faults out: each begins at its time and ends at its time, whatever else goes on."""

import heapq
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from streams.kafka.local_broker import LocalBrokerProcess
from tests.crash.faults import Fault, Kind
from tests.crash.fleet import FleetState
from tests.crash.stores import AttackedStore

End = Callable[[], None]
STORE_FAULTS = (Kind.STORE_SLOW, Kind.STORE_DOWN, Kind.DISK_FULL)
WORKER_FAULTS = (Kind.KILL, Kind.PAUSE, Kind.TIMEOUT, Kind.ABSENCE, Kind.LEAVE, Kind.STORM, Kind.FENCE)
BROKER_FAULTS = (Kind.BROKER_PAUSE, Kind.BROKER_RESTART, Kind.BROKER_KILL)


@dataclass(slots=True)
class AttackState:
    """What can be hit, and what was done to it."""

    fleet: FleetState
    store: AttackedStore
    broker: LocalBrokerProcess | None
    done: Counter[Kind] = field(default_factory=Counter)
    _ends: list[tuple[float, int, End]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)

    def play(self, faults: Sequence[Fault]) -> None:
        """Do all of it, and let the last of it end."""
        for fault in faults:
            self._sleep_until(time.monotonic() + fault.wait_s)
            end = self._begin(fault)
            if end is not None or fault.kind is not Kind.CLOCK:  # a clock that nobody could move did not jump
                self.done[fault.kind] += 1
            if end is not None:
                heapq.heappush(self._ends, (time.monotonic() + fault.length_s, next(self._number), end))
        while self._ends:
            self._sleep_until(self._ends[0][0])
        self.fleet.retire()
        self.fleet.mend()

    def _sleep_until(self, at: float) -> None:
        """Sleep, and end meanwhile what has to end."""
        while self._ends and self._ends[0][0] <= at:
            due, _, end = heapq.heappop(self._ends)
            time.sleep(max(0.0, due - time.monotonic()))
            end()
        time.sleep(max(0.0, at - time.monotonic()))

    def _begin(self, fault: Fault) -> End | None:
        if fault.kind in STORE_FAULTS:
            self.store.begin(fault.kind, self.fleet.running())
            return lambda: self.store.end(fault.kind, self.fleet.running())
        if fault.kind in BROKER_FAULTS:
            return self._hit_broker(fault)
        return self._hit_worker(fault)

    def _hit_worker(self, fault: Fault) -> End | None:
        if fault.kind in (Kind.PAUSE, Kind.TIMEOUT, Kind.ABSENCE):
            sleeper = self.fleet.pause(fault)
            return lambda: sleeper.worker.send(signal.SIGCONT)
        if fault.kind is Kind.CLOCK:
            clock = self.fleet.jump(fault)
            return None if clock is None else lambda: clock.set(0)
        fleet = self.fleet
        at_once = {Kind.KILL: fleet.kill, Kind.LEAVE: fleet.leave, Kind.STORM: fleet.storm, Kind.FENCE: fleet.fence}
        at_once[fault.kind](fault)
        return None

    def _hit_broker(self, fault: Fault) -> End | None:
        broker = self.broker
        assert broker is not None, "there is no broker to be hit"
        if fault.kind is Kind.BROKER_RESTART:
            broker.restart()
        elif fault.kind is Kind.BROKER_KILL:
            broker.kill()
            time.sleep(fault.length_s)
            broker.start()
        else:
            group = broker.pid
            assert group is not None
            os.killpg(group, signal.SIGSTOP)
            time.sleep(fault.length_s)
            os.killpg(group, signal.SIGCONT)
        return None
