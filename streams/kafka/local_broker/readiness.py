"""Waits until a broker really serves: metadata, transactions and consumer groups."""

import time
from collections.abc import Callable
from uuid import uuid4

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.kafka.local_broker.errors import LocalBrokerError

ClientSettings = dict[str, str | int | float | bool]

_TRY_S = 2.0
_PAUSE_S = 0.1


def wait_until_serving(bootstrap_servers: str, timeout_s: float, is_alive: Callable[[], bool]) -> None:
    """Return once transactions and groups work on the broker.

    The first `init_transactions` after a start answers "coordinator load in progress" for a few seconds: that is waited
    out here, so that nobody else has to. Raises `LocalBrokerError` when the time is over or `is_alive()` says that the
    broker has gone.
    """
    client: ClientSettings = {"bootstrap.servers": bootstrap_servers, "log_level": 0}
    deadline = time.monotonic() + timeout_s
    for step in (_metadata, _transactions, _groups):
        _repeat(step, client, deadline, is_alive)


def _repeat(
    step: Callable[[ClientSettings], None],
    client: ClientSettings,
    deadline: float,
    is_alive: Callable[[], bool],
) -> None:
    while True:
        try:
            return step(client)
        except KafkaException as error:
            if not is_alive():
                raise LocalBrokerError("the broker ended while starting") from error
            if time.monotonic() > deadline:
                raise LocalBrokerError(f"the broker does not serve {step.__name__.strip('_')} yet") from error
            time.sleep(_PAUSE_S)


def _metadata(client: ClientSettings) -> None:
    AdminClient(client).list_topics(timeout=_TRY_S)


def _transactions(client: ClientSettings) -> None:
    Producer({**client, "transactional.id": f"readiness-{uuid4()}"}).init_transactions(_TRY_S)


def _groups(client: ClientSettings) -> None:
    consumer = Consumer({**client, "group.id": "readiness"})
    try:
        consumer.committed([TopicPartition("readiness", 0)], timeout=_TRY_S)
    finally:
        consumer.close()
