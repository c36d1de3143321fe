"""Producing from the command line: idempotent, and every message accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from streams.kafka.client_config import Config
from streams.kafka.cluster import explained

Headers = Sequence[tuple[str, bytes]]
ANY = -1
_WAIT_S = 0.1


@dataclass(frozen=True, slots=True)
class Produced:
    """A message to be produced.

    Without a key it goes to any partition but where one is named (`ANY` names none). Its timestamp, in epoch
    milliseconds, is the time of producing where it is 0.
    """

    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    partition: int = ANY
    timestamp_ms: int = 0


class DeliveryState:
    """Produces to one topic and knows what became of every message. Used by one thread.

    Raises ClusterError where librdkafka takes the configuration for wrong.
    """

    def __init__(self, config: Config, topic: str) -> None:
        with explained("starting a producer"):
            self._producer = Producer({**config, "log_level": 0})
        self._topic = topic
        self._sent = 0
        self._failures: Counter[str] = Counter()

    @property
    def delivered(self) -> int:
        """Messages that the cluster acknowledged."""
        return self._sent - self.failed - len(self._producer)

    @property
    def failed(self) -> int:
        """Messages that were given up."""
        return self._failures.total()

    @property
    def failures(self) -> dict[str, int]:
        """How many messages failed, by reason."""
        return dict(self._failures)

    def send(self, messages: Iterable[Produced]) -> None:
        """Hand messages over; waits while librdkafka's queue is full."""
        for message in messages:
            self._sent += 1
            self._send(message)
        self._producer.poll(0)

    def finish(self, timeout_s: float) -> None:
        """Wait until every message is delivered or given up; what is still in hand afterwards has failed."""
        waiting = self._producer.flush(timeout_s)
        if waiting:
            self._producer.purge()
            self._producer.flush(_WAIT_S)

    def _send(self, message: Produced) -> None:
        while True:
            try:
                self._producer.produce(
                    self._topic,
                    message.value,
                    message.key,
                    message.partition,
                    timestamp=message.timestamp_ms,
                    headers=list(message.headers),
                    on_delivery=self._note,
                )
            except BufferError:
                self._producer.poll(_WAIT_S)
            except KafkaException as error:
                self._failures[error.args[0].str()] += 1
                return
            else:
                return

    def _note(self, error: KafkaError | None, message: Message) -> None:
        del message
        if error is not None:
            self._failures[error.str()] += 1
