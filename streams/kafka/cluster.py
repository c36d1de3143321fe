"""What a cluster says when it refuses, in words that name a remedy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka import KafkaError, KafkaException

_REMEDY = (
    "see that the cluster runs, and KAFKA_BOOTSTRAP_SERVERS (or --bootstrap-server), KAFKA_SECURITY_PROTOCOL,"
    " KAFKA_SASL_... and KAFKA_SSL_..."
)
_ASK_AGAIN_S = 2.0
TIMEOUT_S = 15.0


class ClusterError(RuntimeError):
    """A cluster that does not answer or refuses, or a property that librdkafka does not take."""


class ComplaintsState:
    """What a client's background threads complained about, such as a refused connection or password."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.all_down = False

    def options(self) -> dict[str, Any]:
        """What a client has to be given so that complaints come here instead of to standard error."""
        return {"error_cb": self._note, "log_level": 0}

    def _note(self, error: KafkaError) -> None:
        self.texts.append(error.str())
        self.all_down |= error.code() == KafkaError._ALL_BROKERS_DOWN  # noqa: SLF001 - the library's only name for it


@contextmanager
def explained(doing: str) -> Iterator[ComplaintsState]:
    """Turn what librdkafka raises into a ClusterError, with the complaints of the clients that were given them."""
    heard = ComplaintsState()
    try:
        yield heard
    except KafkaException as error:
        cause = error.args[0] if error.args else error
        if isinstance(cause, KafkaError) and cause.code() == KafkaError._INVALID_ARG:  # noqa: SLF001
            raise ClusterError(f"{doing}: librdkafka refuses a setting: {cause.str()}") from None
        said = cause.str() if isinstance(cause, KafkaError) else str(cause)
        reasons = "; ".join(dict.fromkeys([said, *heard.texts[:3]]))
        raise ClusterError(f"{doing}: {reasons}: {_REMEDY}") from None


def topics_metadata(client: Any, heard: ComplaintsState) -> dict[str, Any]:
    """Metadata of all topics, for an admin client or a consumer; gives up early where no broker can be reached."""
    give_up_at = time.monotonic() + TIMEOUT_S
    while True:
        try:
            return dict(client.list_topics(timeout=_ASK_AGAIN_S).topics)
        except KafkaException:
            client.poll(0)
            if heard.all_down or time.monotonic() > give_up_at:
                raise
