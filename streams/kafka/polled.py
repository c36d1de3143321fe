"""From the client library's messages to columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import pairwise
from operator import itemgetter
from typing import Any

import numpy as np
from confluent_kafka import KafkaError, KafkaException, Message

from streams.core.events.arrow_sizes import CONTINUATION, at_most_bytes
from streams.core.events.messages import Headers, RawMessages
from streams.kafka.errors import LogTruncatedError
from streams.kafka.items import Chunk, Unprepared
from streams.kafka.refusals import refusal

_NOT_GIVEN = (SystemError, UnicodeError)
_NULL_NAME = "(<NULL>,"


def split_ends(polled: Sequence[Message]) -> tuple[Sequence[Message], list[int]]:
    """Part messages from the partitions that reported their end. KafkaStageError, KafkaException for other errors,
    but that the group went on without a consumer that did not poll for too long: it joins again.
    """
    errors = list(map(Message.error, polled))
    if not any(errors):
        return polled, []
    ends = [message.partition() or 0 for message, error in zip(polled, errors, strict=True) if _is_end(message, error)]
    return [message for message, error in zip(polled, errors, strict=True) if error is None], ends


def _is_end(message: Message, error: KafkaError | None) -> bool:
    if error is None:
        return False
    if error.code() == KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001 - the library's only name for it
        where = f"{message.topic()}-{message.partition()}"
        raise LogTruncatedError(f"{where}: the log no longer holds what was still to be read: {error.str()}")
    if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001
        return True
    if error.code() == KafkaError._MAX_POLL_EXCEEDED:  # noqa: SLF001 - the group went on; the partitions' loss is told
        return False
    raise refusal(error, message.topic() or "") or KafkaException(error)


def columns_of(topic: str, messages: Sequence[Message], present_ms: int | None = None) -> RawMessages:
    """Lay the messages of one poll out as columns; every loop here runs in C. `present_ms` is when they were read."""
    values = list(map(Message.value, messages))
    stamps = map(itemgetter(1), map(Message.timestamp, messages))
    headers, unreadable = _headers(messages)
    return RawMessages(
        topic=topic,
        values=values,
        partitions=np.fromiter(map(Message.partition, messages), np.int32, len(messages)),
        offsets=np.fromiter(map(Message.offset, messages), np.int64, len(messages)),
        timestamps_ms=np.fromiter(stamps, np.int64, len(messages)),
        headers=headers,
        unreadable=unreadable,
        presents_ms=None if present_ms is None else np.full(len(messages), present_ms),
    )


def headers_of(message: Message) -> Headers | None:
    """A message's headers as pairs, without those whose name is not UTF-8: the client library cannot give them."""
    return _readable(message)[0]


def _headers(messages: Sequence[Message]) -> tuple[list[Headers | None], dict[int, str]]:
    """Headers of each message, and by row why some of them cannot be had."""
    with suppress(*_NOT_GIVEN):
        return list(map(Message.headers, messages)), {}  # type: ignore[arg-type] # pairs, as librdkafka gives them
    found = list(map(_readable, messages))
    why = "headers: a name is not UTF-8; send names that are UTF-8"
    return [headers for headers, _ in found], {row: why for row, (_, whole) in enumerate(found) if not whole}


def _readable(message: Message) -> tuple[Headers | None, bool]:
    """Headers that can be read, and whether these are all.

    confluent-kafka 2.16 raises SystemError for a name that is not UTF-8, and at every later call answers with pairs
    that have a null pointer in its place. Such a pair may be measured and written as text; to touch its name would end
    the process.
    """
    for _ in range(2):
        with suppress(*_NOT_GIVEN):
            pairs: Headers = message.headers() or []  # type: ignore[assignment] # pairs, as librdkafka gives them
            readable = [pair for pair in pairs if not repr(pair).startswith(_NULL_NAME)]
            return readable or None, len(readable) == len(pairs)
    return None, False


def ends_of(raw: RawMessages) -> dict[int, int]:
    """The next offset to read of every partition in a chunk."""
    ends = np.full(int(raw.partitions.max()) + 1, -1, np.int64)
    ends[raw.partitions] = raw.offsets + 1  # where a partition comes again, the last one stays
    return {partition: int(ends[partition]) for partition in np.flatnonzero(ends >= 0).tolist()}


def size_of(raw: RawMessages) -> int:
    """Bytes of all values."""
    values = raw.values if all(raw.values) else list(filter(None, raw.values))
    return sum(map(len, values))  # type: ignore[arg-type] # no value is None here


def chunks_of(
    epoch: int, raw: RawMessages, messages: Sequence[Message], most_bytes: int, prepare: Callable[[RawMessages], Any]
) -> Iterator[Chunk]:
    """The messages of a poll as one chunk, or as several where they may together become more than `most_bytes`."""
    borders = _borders(raw, most_bytes)
    for first, next_ in pairwise(borders):
        part = raw if next_ - first == len(raw) else raw.slice(first, next_)
        yield Chunk(epoch, part, messages[first:next_], size_of(part), Unprepared(partial(prepare, part)))


def _borders(raw: RawMessages, most_bytes: int) -> list[int]:
    """Where parts begin, and the end. Arrow streams alone become much larger than they are."""
    borders, size_bytes = [0], 0
    for row, value in enumerate(raw.values):
        if value is None or not value.startswith(CONTINUATION):
            continue
        grown = _at_most(value)
        if size_bytes and size_bytes + grown > most_bytes:
            borders.append(row)
            size_bytes = 0
        size_bytes += grown
    return [*borders, len(raw)]


def _at_most(stream: bytes) -> int:
    try:
        return at_most_bytes(stream)
    except ValueError:  # becomes a dead letter, and is not decoded
        return len(stream)
