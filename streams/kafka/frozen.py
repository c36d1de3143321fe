"""A stretch of a topic whose offsets are fixed beforehand, read with assign() and without a group's offsets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from confluent_kafka import Consumer, Message, TopicPartition
from numpy.typing import NDArray

from streams.core.events.messages import RawMessages
from streams.core.replay.job import FrozenRange
from streams.kafka.client_config import Config
from streams.kafka.cluster import ClusterError, explained
from streams.kafka.items import Chunk
from streams.kafka.polled import columns_of, size_of, split_ends
from streams.kafka.scan import log_starts

_POLL_S = 0.1
_STEPS_PER_S = 10
_PATIENCE_S = 60.0


class StretchLostError(ClusterError):
    """The log no longer holds a stretch; the text names it."""


def freeze(
    config: Config, topic: str, since_ms: int | None, choose: Callable[[int], int] | None = None
) -> tuple[FrozenRange, ...]:
    """From the first record of a time (None: from the beginning) to what is committed now, of every partition.

    `choose` names the one that matters, of so many. StretchLostError where it does not reach back so far, ClusterError.
    """
    found = log_starts(config, topic, since_ms)
    if choose is not None:
        chosen = choose(len(found))
        found = {chosen: found[chosen]}
    lost = [f"{topic}-{p} offsets 0 to {low - 1}" for p, (low, first, _) in sorted(found.items()) if 0 < low == first]
    if lost:
        raise StretchLostError(
            f"the log no longer holds {', '.join(lost)}, and some of it may be needed: give a later --from,"
            " or read --topic collected or batches, which may reach further back"
        )
    return tuple(FrozenRange(p, min(first, end), end) for p, (_, first, end) in sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Polled:
    """Messages of one poll, and the partitions of which everything frozen has been read by now."""

    messages: Sequence[Message]
    ended: frozenset[int]


def read_frozen(
    config: Config, topic: str, ranges: Sequence[FrozenRange], at_most: int, rate: float | None = None
) -> Iterator[Polled]:
    """Read frozen stretches, `at_most` messages at a time and no more than `rate` a second. Raises ClusterError.

    LogTruncatedError where a stretch has gone from the log meanwhile.
    """
    ends = {each.partition: each.next for each in ranges}
    ended = {each.partition for each in ranges if each.first >= each.next}
    at_most = at_most if rate is None else max(1, min(at_most, round(rate / _STEPS_PER_S)))
    began, read, give_up_at = time.monotonic(), 0, time.monotonic() + _PATIENCE_S
    with explained(f"reading topic {topic}") as heard:
        consumer = Consumer({**config, **heard.options(), "auto.offset.reset": "error"})
        try:
            consumer.assign([TopicPartition(topic, r.partition, r.first) for r in ranges if r.partition not in ended])
            while len(ended) < len(ends):
                polled, at_end = split_ends(consumer.consume(at_most, _POLL_S))
                messages = [each for each in polled if (each.offset() or 0) < ends[each.partition() or 0]]
                done = _ended(polled, at_end, ends) - ended
                consumer.incremental_unassign([TopicPartition(topic, partition) for partition in done])
                ended |= done
                if messages or done:
                    give_up_at = time.monotonic() + _PATIENCE_S
                    yield Polled(messages, frozenset(ended))
                elif time.monotonic() > give_up_at:
                    raise ClusterError(f"reading topic {topic}: nothing came for {_PATIENCE_S:g} s")
                read += len(messages)
                if rate is not None:
                    time.sleep(max(0.0, began + read / rate - time.monotonic()))
        finally:
            consumer.close()


def _ended(polled: Sequence[Message], at_end: Sequence[int], ends: Mapping[int, int]) -> set[int]:
    """Partitions that were read to their frozen end, or whose log ends (with markers of transactions, perhaps)."""
    beyond = {each.partition() or 0 for each in polled if (each.offset() or 0) + 1 >= ends[each.partition() or 0]}
    return beyond | set(at_end)


def chunk_of(
    topic: str,
    polled: Polled,
    prepare: Callable[[RawMessages], Any],
    presents: Callable[[RawMessages], NDArray[np.int64]],
) -> Chunk:
    """Messages as a pump would hand them over; `presents` says how far time had come when each was first read."""
    raw = columns_of(topic, polled.messages)
    raw = replace(raw, presents_ms=presents(raw))
    prepared: Future[Any] = Future()
    prepared.set_result(prepare(raw))
    return Chunk(0, raw, polled.messages, size_of(raw), prepared)
