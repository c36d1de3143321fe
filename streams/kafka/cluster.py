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
_NO_ANSWER = frozenset({KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN})  # noqa: SLF001
_REFUSALS = frozenset(
    {
        KafkaError._AUTHENTICATION,  # noqa: SLF001
        KafkaError._SSL,  # noqa: SLF001
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.UNSUPPORTED_SASL_MECHANISM,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)
_ASK_AGAIN_S = 2.0
TIMEOUT_S = 15.0


class ClusterError(RuntimeError):
    """A cluster that does not answer or refuses, or a property that librdkafka does not take. `away` says that it
    does not answer: asking again later may help.
    """

    def __init__(self, text: str, *, away: bool = False) -> None:
        super().__init__(text)
        self.away = away


class ComplaintsState:
    """What a client's background threads complained about, such as a refused connection or password."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.all_down = False
        self._codes: set[int] = set()

    def options(self) -> dict[str, Any]:
        """What a client has to be given so that complaints come here instead of to standard error."""
        return {"error_cb": self._note, "log_level": 0}

    def _note(self, error: KafkaError) -> None:
        self.texts.append(error.str())
        self._codes.add(error.code())
        self.all_down |= error.code() == KafkaError._ALL_BROKERS_DOWN  # noqa: SLF001 - the library's only name for it

    def is_away(self, error: KafkaError) -> bool:
        """Whether no broker answered, and none refused: what a restart of the cluster looks like."""
        codes = {error.code(), *self._codes}
        if codes & _REFUSALS or not codes & _NO_ANSWER:
            return False
        return KafkaError._RESOLVE not in codes or KafkaError._TRANSPORT in self._codes  # noqa: SLF001 - one of several names


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
        away = isinstance(cause, KafkaError) and heard.is_away(cause)
        raise ClusterError(f"{doing}: {reasons}: {_REMEDY}", away=away) from None


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
