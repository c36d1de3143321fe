"""Kinds of records in the `collected` log, told apart by a header."""

from __future__ import annotations

from typing import Literal

from confluent_kafka import Message

from streams.kafka.transactions import Headers

KIND = "streams-kind"
SEGMENT: Headers = ((KIND, b"segment"),)
ACCOUNT: Headers = ((KIND, b"account"),)


def kind_of(message: Message) -> Literal["segment", "account"]:
    """`segment` or `account`. ValueError where a record of another origin stands in the log."""
    kind = dict(message.headers() or ()).get(KIND)
    if not isinstance(kind, bytes) or kind not in (b"segment", b"account"):
        raise ValueError(
            f"{message.topic()}-{message.partition()} offset {message.offset()}: not written by a collect stage"
            f" (header {KIND} is {kind!r}); give the topic to this system alone"
        )
    return "segment" if kind == b"segment" else "account"
