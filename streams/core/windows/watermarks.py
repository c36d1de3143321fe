"""How far time has passed: the watermark over all source partitions, from the accounts in the log.

A partition's own watermark is its maximum (see `slots`). The one over all partitions is their minimum; idle
ones do not count, and where all are idle, the time up to which nothing came. It is unknown until every
partition of the source has been heard of, and it never goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from streams.core.windows.account import Account, SourceRange
from streams.core.windows.errors import SourceGapError, SourceOverlapError, SourceTopicChangedError
from streams.core.windows.times import NEVER_MS


class SourceProgress(msgspec.Struct, frozen=True):
    """Where one source partition stands: next offset, maxima, whether it is idle and up to when nothing came."""

    partition: int
    next: int
    event_ms: int
    ingest_ms: int
    idle: bool
    at_ms: int


class Watermarks(msgspec.Struct, frozen=True):
    """All source partitions as of one place in the log."""

    source_topic: str = ""
    source_partitions: int = 0
    event_ms: int = NEVER_MS
    ingest_ms: int = NEVER_MS
    sources: tuple[SourceProgress, ...] = ()

    def at(self, time: Literal["event", "ingest"], allowed_lateness_ms: int) -> int:
        """The watermark of a plan: every row still to come has a slot at or after it. NEVER_MS while it is
        unknown.
        """
        return max(NEVER_MS, (self.event_ms if time == "event" else self.ingest_ms) - allowed_lateness_ms)

    def after(self, account: Account) -> Watermarks:
        """The watermarks once an account is read.

        SourceGapError or SourceOverlapError where its ranges do not begin where those before them ended,
        SourceTopicChangedError where they are of another topic.
        """
        if self.source_topic not in ("", account.source_topic):
            raise SourceTopicChangedError(
                f"the log has accounts of {self.source_topic!r} and now one of {account.source_topic!r}: "
                "give each source topic a `collected` topic of its own"
            )
        sources = {source.partition: source for source in self.sources}
        for part in account.ranges:
            sources[part.partition] = _advanced(sources.get(part.partition), part, account.source_topic)
        ordered = tuple(source for _, source in sorted(sources.items()))
        count = max(self.source_partitions, account.source_partitions)
        return Watermarks(
            account.source_topic,
            count,
            max(self.event_ms, _minimum(ordered, count, "event")),
            max(self.ingest_ms, _minimum(ordered, count, "ingest")),
            ordered,
        )


def _advanced(before: SourceProgress | None, part: SourceRange, topic: str) -> SourceProgress:
    if before is not None and part.gap != before.next:
        _check_joins(before, part, topic)
    known = (before.event_ms, before.ingest_ms) if before else (NEVER_MS, NEVER_MS)
    return SourceProgress(
        part.partition,
        part.next,
        max(known[0], NEVER_MS if part.max_event_time_ms is None else part.max_event_time_ms),
        max(known[1], NEVER_MS if part.max_ingest_time_ms is None else part.max_ingest_time_ms),
        part.idle_since_ms is not None,
        part.at_ms,
    )


def _check_joins(before: SourceProgress, part: SourceRange, topic: str) -> None:
    where = f"{topic}-{part.partition}"
    if part.first > before.next:
        raise SourceGapError(
            f"{where}: no account of offsets {before.next} to {part.first - 1}: the collect group's offsets were moved "
            "ahead, or records are gone from the log; move them back, or begin with new topics"
        )
    if part.first < before.next:
        raise SourceOverlapError(
            f"{where}: two accounts of offsets {part.first} to {before.next - 1}: the collect group's offsets were "
            "moved back; to process the past again use other topics, or a replay"
        )


def _minimum(sources: Sequence[SourceProgress], count: int, time: Literal["event", "ingest"]) -> int:
    """The least time of those that are not idle; where all are, up to when nothing came. Unknown unless all
    are there.
    """
    if len(sources) < count or not sources:
        return NEVER_MS
    awake = [source for source in sources if not source.idle]
    if not awake:
        return min(source.at_ms for source in sources)
    return min(source.event_ms if time == "event" else source.ingest_ms for source in awake)
