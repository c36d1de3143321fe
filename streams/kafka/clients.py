"""Clients of librdkafka, made from configurations. The composition root calls these; nothing else makes a
client.
"""

from __future__ import annotations

import logging

from confluent_kafka import Consumer, Producer

from streams.kafka.client_config import Config
from streams.kafka.transactions import TransactionState

logger = logging.getLogger("librdkafka")


def open_consumer(config: Config) -> Consumer:
    """A consumer that starts only where it is told to: an offset that the log does not hold is an error,
    never a jump.
    """
    return Consumer({**config, "auto.offset.reset": "error"}, logger=logger)


def open_transaction(config: Config, timeout_s: float) -> TransactionState:
    """A transactional producer; each call on it gives up after `timeout_s`, or twice that where it may be
    repeated.
    """
    return TransactionState(Producer(config, logger=logger), timeout_s)
