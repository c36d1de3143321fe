"""Asking a cluster that may be without an answer for a while: coordinators and leaders move, brokers restart."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

from streams.kafka.errors import UnreachableError

logger = logging.getLogger(__name__)

_PATIENCE_S = 120.0
_ASK_AGAIN_S = 0.2
_PROBE_AGAIN_S = 1.0

T = TypeVar("T")


class ReachState:
    """Whether a client still reaches its cluster. Nobody is asked while there is no reason to doubt it.

    A client may lose its cluster for good, and without a word: where a broker that restarts answers before it
    knows of any broker, librdkafka forgets them all and never connects again (its issue 5301). Only a new client
    helps then. So there is reason to doubt also where nothing came for as long as patience lasts.
    """

    def __init__(self, probe: Callable[[], object], patience_s: float = 10.0) -> None:
        self._probe = probe
        self._patience_s = patience_s
        self._answered_at = time.monotonic()
        self._doubted_since: float | None = None
        self._next_probe = 0.0

    @property
    def doubted(self) -> bool:
        """Whether the last that was heard is that nothing was reached."""
        return self._doubted_since is not None

    def heard(self, error: KafkaError) -> None:
        """The client's `error_cb`: doubt it once it says that all brokers are down."""
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - the library's only name for it
            self.doubt()

    def answered(self) -> None:
        """Something came from the cluster."""
        self._answered_at = time.monotonic()

    def doubt(self) -> None:
        """Something had no answer."""
        if self._doubted_since is None:
            self._doubted_since = time.monotonic()

    def check(self) -> None:
        """Where there is doubt, ask. UnreachableError once nothing was reached for as long as patience lasts."""
        now = time.monotonic()
        if now < self._next_probe or (not self.doubted and now < self._answered_at + self._patience_s):
            return
        since = self._doubted_since = self._doubted_since or now
        try:
            self._probe()
        except KafkaException as error:
            if now - since > self._patience_s:
                raise UnreachableError(error.args[0].str()) from error
            self._next_probe = now + _PROBE_AGAIN_S
        else:
            self._doubted_since, self._answered_at = None, time.monotonic()


def patiently(ask: Callable[[], T], reach: ReachState, halt: threading.Event | None = None) -> T:
    """Ask until there is an answer. KafkaException where there is none after two minutes, or once `halt` is set;
    UnreachableError where `reach` finds that another client is needed.

    What waits for a transaction to end (retriable, or out of time) is asked without limit: the broker ends it.
    """
    halt = halt or threading.Event()
    give_up_at = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return ask()
        except KafkaException as error:
            cause: KafkaError = error.args[0]
            pending = cause.retriable() or cause.code() == KafkaError._TIMED_OUT  # noqa: SLF001
            if cause.fatal() or halt.is_set() or (not pending and time.monotonic() > give_up_at):
                raise
            logger.info("asking the cluster again: %s", cause.str())
        reach.doubt()
        reach.check()
        halt.wait(_ASK_AGAIN_S)
