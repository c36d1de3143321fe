"""What a cluster says when it refuses, in words that name a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaError, KafkaException

_REMEDY = (
    "see that the cluster runs, and KAFKA_BOOTSTRAP_SERVERS (or --bootstrap-server), KAFKA_SECURITY_PROTOCOL,"
    " KAFKA_SASL_... and KAFKA_SSL_..."
)
TIMEOUT_S = 15.0


class ClusterError(RuntimeError):
    """A cluster that does not answer or refuses, or a property that librdkafka does not take."""


@contextmanager
def explained(doing: str) -> Iterator[list[str]]:
    """Turn what librdkafka raises into a ClusterError. What is appended to the list yielded goes into its text."""
    heard: list[str] = []
    try:
        yield heard
    except KafkaException as error:
        cause = error.args[0] if error.args else error
        if isinstance(cause, KafkaError) and cause.code() == KafkaError._INVALID_ARG:  # noqa: SLF001
            raise ClusterError(f"{doing}: librdkafka refuses a setting: {cause.str()}") from None
        said = cause.str() if isinstance(cause, KafkaError) else str(cause)
        reasons = "; ".join(dict.fromkeys([said, *heard[:3]]))
        raise ClusterError(f"{doing}: {reasons}: {_REMEDY}") from None
