"""Dead letters: the original key, value and headers, with the headers by which Kafka Connect says what went
wrong (KIP-298).
"""

from __future__ import annotations

from confluent_kafka import Message

from streams.core.events.rejects import Reject
from streams.kafka.transactions import Outgoing

_PREFIX = "__connect.errors."


def dead_letter(topic: str, message: Message, reject: Reject) -> Outgoing:
    """The message as it came, addressed to the dead-letter topic.

    A message that is dead-lettered again keeps the headers of its earlier deaths; the last ones count.
    """
    reasons = {
        "topic": message.topic() or "",
        "partition": str(message.partition()),
        "offset": str(message.offset()),
        "stage": reject.stage,
        "exception.class.name": reject.exception_class,
        "exception.message": reject.reason,
    }
    added = [(_PREFIX + name, text.encode()) for name, text in reasons.items()]
    return Outgoing(topic, message.value(), message.key(), headers=[*(message.headers() or ()), *added])
