"""librdkafka configurations of this system's clients.

Three layers: what suits this system; what the user sets, which wins; what exactly-once stands on, which is fixed
(a user's other value is refused with a reason, never silently replaced).
"""

from __future__ import annotations

from collections.abc import Mapping

from streams.kafka.connection import DEFAULT_SERVERS, Connection, Property, Role, reveal

Config = dict[str, str | int | bool]
DEAD_LETTER_HEADERS_BYTES = 65_536
_BATCH_BYTES = 1_000_000  # librdkafka's default: more than a topic with a lower limit takes

_SERVERS: Config = {"bootstrap.servers": DEFAULT_SERVERS}
# A client that all brokers have left is replaced (see `patience.ReachState`). Left to re-bootstrap, librdkafka 2.16
# may come back without its group's or transaction's coordinator, which shows in nothing but silence.
_REPLACED_WHEN_LOST: Config = {"metadata.recovery.strategy": "none"}
_CONSUMER_DEFAULTS: Config = {
    **_REPLACED_WHEN_LOST,
    "fetch.queue.backoff.ms": 5,  # the default of 1000 halves the rate: a full queue sleeps a second
    "fetch.wait.max.ms": 100,
    "queued.min.messages": 100_000,
    "auto.offset.reset": "earliest",
}
_CONSUMER_FIXED: Config = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "isolation.level": "read_committed",
    "enable.partition.eof": True,
}
_PRODUCER_DEFAULTS: Config = {
    "linger.ms": 5,
    "queue.buffering.max.kbytes": 131_072,  # the default lets a gigabyte wait for a slow broker
    "partitioner": "murmur2_random",  # as Java's clients: a key lies where they would put it
}
_PRODUCER_FIXED: Config = {"enable.idempotence": True, "acks": "all"}
_SYNONYMS = {"request.required.acks": "acks", "metadata.broker.list": "bootstrap.servers"}

_FALSE = ("false", "f", "0")
_TRUE = ("true", "t", "1")
# Property -> the values that keep the promise, and why others break it.
_GUARDED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "enable.auto.commit": (
        _FALSE,
        "offsets are committed only in the transaction that holds what they led to",
    ),
    "enable.auto.offset.store": (
        _FALSE,
        "offsets are committed only in the transaction that holds what they led to",
    ),
    "isolation.level": (("read_committed",), "records of aborted transactions would be counted"),
    "enable.partition.eof": (_TRUE, "a partition is known to be idle by reaching its end"),
    "enable.idempotence": (_TRUE, "a retry could double or reorder records"),
    "acks": (("all", "-1"), "an acknowledged record could be lost with its broker"),
    "auto.offset.reset": (
        ("earliest", "smallest", "beginning", "error"),
        "events would be skipped; move the group with kafka-consumer-groups.sh --reset-offsets",
    ),
    "group.id": ((), "each stage has a group of its own; set group_prefix (STREAMS_GROUP_PREFIX)"),
    "group.instance.id": ((), "a static member keeps its partitions while it is gone"),
    "transactional.id": ((), "each producer has an id of its own; set instance (STREAMS_INSTANCE)"),
}


class UnsafePropertyError(ValueError):
    """A property set by the user that would break exactly-once; the text says which, why and what to do."""


def consumer(connection: Connection, *, group_id: str, client_id: str) -> Config:
    """A consumer that commits only by transactions. Raises UnsafePropertyError.

    One that is assigned by hand and never commits needs a group id too: librdkafka insists.
    """
    defaults = {"client.id": client_id, **_CONSUMER_DEFAULTS}
    return _layered(connection, "consumer", defaults, {**_CONSUMER_FIXED, "group.id": group_id})


def producer(connection: Connection, *, client_id: str, max_message_bytes: int) -> Config:
    """An idempotent producer. Raises UnsafePropertyError.

    `max_message_bytes` is the largest message of an ordinary topic: a dead letter may be larger by its headers.
    """
    largest = max_message_bytes + DEAD_LETTER_HEADERS_BYTES
    sizes: Config = {"message.max.bytes": largest, "batch.size": min(_BATCH_BYTES, max_message_bytes)}
    defaults = {"client.id": client_id, **_PRODUCER_DEFAULTS, **sizes}
    return _layered(connection, "producer", defaults, _PRODUCER_FIXED)


def transactional_producer(
    connection: Connection,
    *,
    transactional_id: str,
    client_id: str,
    max_message_bytes: int,
    transaction_timeout_s: float,
) -> Config:
    """A transactional producer. Raises UnsafePropertyError.

    A worker that dies in a transaction holds readers of committed records back for `transaction_timeout_s`.
    """
    config = producer(connection, client_id=client_id, max_message_bytes=max_message_bytes)
    defaults = {**_REPLACED_WHEN_LOST, "transaction.timeout.ms": round(transaction_timeout_s * 1000)}
    return {**defaults, **config, "transactional.id": transactional_id}


def admin(connection: Connection, *, client_id: str) -> Config:
    """A client that creates and describes topics."""
    return {"client.id": client_id, **_SERVERS, **_revealed(connection.properties)}


def _layered(connection: Connection, role: Role, defaults: Config, fixed: Config) -> Config:
    mine = connection.consumer if role == "consumer" else connection.producer
    chosen = _revealed(connection.properties | mine)
    for name, value in chosen.items():
        _refuse_unsafe(name, value)
    return {**_SERVERS, **defaults, **chosen, **fixed}


def _revealed(properties: Mapping[str, Property]) -> Config:
    return {_SYNONYMS.get(name, name): reveal(value) for name, value in properties.items()}


def _refuse_unsafe(name: str, value: object) -> None:
    if name not in _GUARDED:
        return
    safe, why = _GUARDED[name]
    if str(value).strip().lower() not in safe:
        remedy = f"remove it or set {name}={safe[0]}" if safe else "remove it"
        raise UnsafePropertyError(f"Kafka property {name}={value} would break exactly-once: {why}. Remedy: {remedy}.")
