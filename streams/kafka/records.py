"""Kinds of records in the `collected` log, told apart by a header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from confluent_kafka import Message

from streams.kafka.polled import headers_of
from streams.kafka.transactions import Headers

KIND = "streams-kind"
RUN = "streams-run"  # on manifests and snapshots: the replay that they were promoted from
SEGMENT: Headers = ((KIND, b"segment"),)
ACCOUNT: Headers = ((KIND, b"account"),)


def kind_of(message: Message) -> Literal["segment", "account"]:
    """`segment` or `account`. ValueError where a record of another origin stands in the log."""
    where = f"{message.topic()}-{message.partition()} offset {message.offset()}"
    return kind_said(dict(headers_of(message) or ()).get(KIND), where)


def kind_said(kind: object, where: str) -> Literal["segment", "account"]:
    """The same from the header's value; `where` names the record in the error."""
    if not isinstance(kind, bytes) or kind not in (b"segment", b"account"):
        raise ValueError(
            f"{where}: not written by a collect stage (header {KIND} is {kind!r}); give the topic to this system alone"
        )
    return "segment" if kind == b"segment" else "account"


def promoted(headers: Sequence[tuple[str, object]] | None) -> bool:
    """Whether a manifest or snapshot comes from a replay."""
    return headers is not None and any(name == RUN for name, _ in headers)
