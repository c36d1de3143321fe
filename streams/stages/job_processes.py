"""Processes that compute jobs: one that takes too long or dies costs its job alone, and none outlives its worker."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from streams.kafka.errors import GivenUpError
from streams.stores.errors import StoreUnavailableError

logger = logging.getLogger(__name__)

Job = TypeVar("Job")
Answer = TypeVar("Answer")
_ATTEMPTS: Final = 2  # of a job whose process dies: what killed the first one may have had nothing to do with it
_LOOK_S: Final = 0.5  # so often it is asked whether jobs are still wanted
_START_S: Final = 300.0
_GRACE_S: Final = 5.0


def never() -> bool:
    """Jobs that somebody waits for to the end."""
    return False


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no answer to a job; the reason says what helps."""

    reason: str


class JobProcesses(Protocol):
    """Where jobs are computed."""

    def run(
        self, compute: Callable[[Job], Answer], jobs: Sequence[Job], given_up: Callable[[], bool] = never
    ) -> Sequence[Answer | Lost]:
        """An answer for each job, in their order. StoreUnavailableError where one of them could not reach the store,
        GivenUpError soon after they are given up.
        """


@dataclass(frozen=True, slots=True)
class _AtWork:
    """A process says that it has a job, whose time counts from now on; or it says nothing yet."""


@dataclass(frozen=True, slots=True)
class _Computed:
    """A process says what came of its job."""

    answer: Any


_News = _AtWork | _Computed | None  # None: the process died


@dataclass(slots=True)
class _JobProcess:
    """A process, this end of the pipe to it, and the job that it is at: the job's place, and when it is over."""

    process: SpawnProcess
    connection: Connection
    place: int | None = None
    deadline: float = 0.0

    def leave(self) -> int:
        """Be at no job any more; return the place of that one."""
        assert self.place is not None  # noqa: S101 - only busy processes are listened to
        place, self.place = self.place, None
        return place

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.connection.close()


@dataclass(slots=True)
class JobProcessesState:
    """At most `count` processes; they begin when there is something to compute, and are used again.

    A job may take `timeout_s`. Used by one thread. `initialise` is called with `arguments` in each process first.
    """

    count: int
    timeout_s: float
    initialise: Callable[..., None]
    arguments: tuple[Any, ...] = ()
    _processes: list[_JobProcess] = field(default_factory=list)

    def run(
        self, compute: Callable[[Job], Answer], jobs: Sequence[Job], given_up: Callable[[], bool] = never
    ) -> Sequence[Answer | Lost]:
        """See `JobProcesses.run`. Compute, jobs and answers have to pickle."""
        answers: dict[int, Any] = {}
        attempts = [0] * len(jobs)
        waiting = deque(range(len(jobs)))
        while len(answers) < len(jobs):
            if given_up():
                self.close()
                raise GivenUpError
            while waiting and (process := self._free()) is not None:
                place = waiting.popleft()
                attempts[place] += 1
                self._give(process, place, (compute, jobs[place]))
            for place, news in self._finished():
                if news is not None:
                    answers[place] = news.answer
                elif attempts[place] < _ATTEMPTS:
                    waiting.appendleft(place)
                else:
                    answers[place] = Lost(_DIED)
        return [_given(answers[place]) for place in range(len(jobs))]

    def close(self) -> None:
        """End all processes."""
        while self._processes:
            self._processes.pop().end()

    def _free(self) -> _JobProcess | None:
        for dead in [each for each in self._processes if each.place is None and not each.process.is_alive()]:
            self._remove(dead)
        free = next((each for each in self._processes if each.place is None), None)
        if free is None and len(self._processes) < self.count:
            free = self._start()
            self._processes.append(free)
        return free

    def _start(self) -> _JobProcess:
        context = get_context("spawn")
        mine, other = context.Pipe()
        arguments = (other, self.timeout_s + _GRACE_S, self.initialise, self.arguments)
        process = context.Process(target=_serve, args=arguments, name="job", daemon=True)
        process.start()
        other.close()  # else the end of the process would not show at this end
        return _JobProcess(process, mine)

    def _give(self, process: _JobProcess, place: int, work: tuple[Callable[[Any], Any], Any]) -> None:
        process.place, process.deadline = place, time.monotonic() + _START_S
        with suppress(OSError):  # it has died, which shows when it is listened to
            process.connection.send(work)

    def _finished(self) -> list[tuple[int, _Computed | None]]:
        """Wait for news, a moment: the places of jobs that are over, None where the process died."""
        busy = [each for each in self._processes if each.place is not None]
        first = min(each.deadline for each in busy)
        ready = wait([each.connection for each in busy], min(_LOOK_S, max(0.0, first - time.monotonic())))
        news = [(each, self._news(each, heard=each.connection in ready)) for each in busy]
        return [(each.leave(), one) for each, one in news if not isinstance(one, _AtWork)]

    def _news(self, process: _JobProcess, *, heard: bool) -> _News:
        if heard:
            return self._heard(process)
        return self._too_long(process) if process.deadline <= time.monotonic() else _AtWork()

    def _heard(self, process: _JobProcess) -> _News:
        try:
            news: _News = process.connection.recv()
        except (EOFError, OSError):
            self._remove(process)
            logger.error("a job's process died with exit code %s", process.process.exitcode)  # noqa: TRY400
            return None
        if isinstance(news, _AtWork):
            process.deadline = time.monotonic() + self.timeout_s
        return news

    def _too_long(self, process: _JobProcess) -> _Computed:
        self._remove(process)
        logger.error("a job took longer than %s s: its process was ended", self.timeout_s)
        return _Computed(Lost(_TOO_LONG.format(self.timeout_s)))

    def _remove(self, process: _JobProcess) -> None:
        process.end()
        self._processes.remove(process)


_TOO_LONG: Final = (
    "it took longer than reports.timeout_s={:g}, and was ended: raise STREAMS_REPORTS_TIMEOUT_S, or ask for fewer"
    " columns or metrics"
)
_DIED: Final = (
    "its process was killed twice, as where memory is out: give the worker more memory, or ask for fewer columns or"
    " metrics"
)


def _given(answer: Any) -> Any:
    if isinstance(answer, StoreUnavailableError):
        raise answer
    return answer


def _serve(
    connection: Connection, longest_s: float, initialise: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    """What a process does: one job after the other, until its worker closes the pipe or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker: it drains
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _offer_to_the_kernel()
    initialise(*arguments)
    with suppress(EOFError, OSError):
        while True:
            compute, job = connection.recv()
            connection.send(_AtWork())
            signal.setitimer(signal.ITIMER_REAL, longest_s)  # ends it without its worker, whatever it is stuck in
            answer = _answer(compute, job)
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.send(_Computed(answer))


def _answer(compute: Callable[[Any], Any], job: Any) -> Any:
    try:
        return compute(job)
    except StoreUnavailableError as error:
        return error
    except Exception as error:  # whatever a job provokes costs that job alone
        logger.exception("a job failed")
        return Lost(f"{type(error).__name__}: {error}")


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def _offer_to_the_kernel() -> None:
    """Where memory is out, Linux ends this process before its worker."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
