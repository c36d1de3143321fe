"""Simulated time and simulated threads: one loop, one real thread, and a clock that jumps to whatever is due next.

Threads are greenlets: code that blocks in earnest (the pump, a stage's own work) runs as it is and gives way only
where it waits or does input and output. Who goes next is decided by a seed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from random import Random
from typing import Any

import greenlet

EPOCH_MS = 1_800_000_000_000
"""What the simulated clock shows in the beginning."""


class Killed(BaseException):
    """The process that this thread belongs to is dead."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """An event loop that never waits: where nothing is to do, its clock jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 0.0
        self._clock_resolution = 1e-6
        self._selector = self

    def time(self) -> float:
        return self._now_s

    def select(self, timeout_s: float | None) -> list[Any]:
        if timeout_s is None:
            raise AssertionError("nothing will ever happen again: everybody waits for somebody else")
        self._now_s += timeout_s
        return []

    def _process_events(self, events: list[Any]) -> None:
        assert not events

    def _write_to_self(self) -> None:
        """Nobody has to be woken."""


class ClockState:
    """What stands for the `time` module, and lets simulated threads sleep."""

    def __init__(self, loop: SimulatedLoop, chance: Random) -> None:
        self.loop = loop
        self.chance = chance
        self._hub = greenlet.getcurrent()

    def monotonic(self) -> float:
        return self.loop.time()

    def time(self) -> float:
        """As `time.time`."""
        return self.time_ns() / 1e9

    def time_ns(self) -> int:
        return EPOCH_MS * 1_000_000 + int(self.loop.time() * 1e9)

    @property
    def now_ms(self) -> int:
        return self.time_ns() // 1_000_000

    def spawn(self, run: Callable[[], None]) -> None:
        """Start a thread, soon."""

        def guarded() -> None:
            with suppress(Killed):
                run()

        thread = greenlet.greenlet(guarded, self._hub)
        self.loop.call_later(self.chance.uniform(0, 0.01), thread.switch)

    def sleep(self, duration_s: float) -> None:
        """Let others go on; to be called in a simulated thread."""
        self.loop.call_later(duration_s, greenlet.getcurrent().switch)
        self._hub.switch()


class EventState:
    """`threading.Event` for simulated threads. `still` raises where the waiting thread's process is dead."""

    def __init__(self, clock: ClockState, still: Callable[[], None]) -> None:
        self._clock = clock
        self._still = still
        self._set = False

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout_s: float) -> bool:
        until = self._clock.monotonic() + timeout_s
        while not self._set and self._clock.monotonic() < until:
            self._clock.sleep(0.1)
            self._still()
        return self._set


class ThreadState(Executor):
    """An executor of one simulated thread. `moment` is called before and after each call: what may happen between."""

    def __init__(self, clock: ClockState, moment: Callable[[], None]) -> None:
        self._clock = clock
        self._moment = moment
        self._calls: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._busy = False

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._calls.append((future, lambda: call(*arguments)))
        if not self._busy:
            self._busy = True
            self._clock.spawn(self._run)
        return future

    def _run(self) -> None:
        while self._calls:
            future, call = self._calls.popleft()
            self._moment()
            try:
                result = call()
            except Exception as error:  # noqa: BLE001 - whoever waits for the result deals with it
                future.set_exception(error)
            else:
                self._moment()
                future.set_result(result)
        self._busy = False


class AtOnce(Executor):
    """An executor that does what it is told before `submit` returns."""

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*arguments))
        except Exception as error:  # noqa: BLE001 - as above
            future.set_exception(error)
        return future
