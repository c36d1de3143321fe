"""Asking a cluster that may be without an answer for a while: coordinators and leaders move, brokers restart."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

logger = logging.getLogger(__name__)

_PATIENCE_S = 120.0
_ASK_AGAIN_S = 0.2

T = TypeVar("T")


def patiently(ask: Callable[[], T], halt: threading.Event | None = None) -> T:
    """Ask until there is an answer. KafkaException where there is none after two minutes, or once `halt` is set.

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
        halt.wait(_ASK_AGAIN_S)
