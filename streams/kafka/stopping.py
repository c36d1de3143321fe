"""How a worker stops: all its stages at once, within one budget of time."""

from __future__ import annotations

import logging
import os
import threading
import time

logger = logging.getLogger(__name__)

_FOR_DRAINING = 0.75
"""The part of the budget in which stages finish; the rest is for leaving groups and closing down."""


class StoppingState:
    """Whether the worker was told to stop, and how long its stages may still take to finish.

    Revoked partitions, too, are held back for the time of draining at most: it has to stay well below
    `max.poll.interval.ms`.
    """

    def __init__(self, budget_s: float) -> None:
        self.begun = threading.Event()
        self._budget_s = budget_s
        self._drained_by = float("inf")
        self._code = 1

    def begin(self, *, then_exit: bool = False) -> None:
        """Every stage finishes what it has; the time runs from the first call on.

        With `then_exit` the process ends when the budget is over, whatever it still waits for: what is not
        committed then is the next owner's.
        """
        if self.begun.is_set():
            return
        self._drained_by = time.monotonic() + _FOR_DRAINING * self._budget_s
        self.begun.set()
        if then_exit:
            deadline = threading.Timer(self._budget_s, self._exit)
            deadline.daemon = True
            deadline.start()

    def drain_s(self) -> float:
        """How long a stage may take from now on."""
        return min(_FOR_DRAINING * self._budget_s, max(0.0, self._drained_by - time.monotonic()))

    def finished(self, code: int) -> None:
        """All is done but to end: where that takes too long, the process ends with this exit code, else with 1."""
        self._code = code

    def _exit(self) -> None:
        logger.warning("stopping took longer than %s s: what is not committed is left to others", self._budget_s)
        os._exit(self._code)
