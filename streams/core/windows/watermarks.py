"""How far time has passed: the watermark over all source partitions, from the accounts in the log.

A partition's own watermark is its maximum (see `slots`). The one over all partitions is their minimum, and never goes
back. It is unknown until every partition of the source has been heard of. An idle partition counts by the clock of
whoever heard nothing of it last: so one that nobody reads any more holds back what comes after that.

Where all are idle, the time up to which nothing came closes what is open, and is forgotten once something comes: what
comes may be a backlog that is older. Then those that are still idle are *behind* until they have brought nothing for
as long again: a backlog rarely comes to all partitions at the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from streams.core.windows.account import Account, SourceRange
from streams.core.windows.errors import SourceGapError, SourceOverlapError, SourceTopicChangedError
from streams.core.windows.times import FOREVER_MS, NEVER_MS


class SourceProgress(msgspec.Struct, frozen=True):
    """Where one source partition stands: next offset, maxima, whether it is idle and up to when nothing came.

    `clock_ms` is the clock of whoever said so; None where it is not told. Idle, it is behind until `behind_until_ms`.
    """

    partition: int
    next: int
    event_ms: int
    ingest_ms: int
    idle: bool
    at_ms: int
    clock_ms: int | None = None
    behind_until_ms: int = NEVER_MS

    def held_at(self, time: Literal["event", "ingest"]) -> int:
        """What it holds the watermark at."""
        if self.idle and self.at_ms >= self.behind_until_ms:
            return FOREVER_MS if self.clock_ms is None else self.clock_ms
        return self.event_ms if time == "event" else self.ingest_ms


class Watermarks(msgspec.Struct, frozen=True):
    """All source partitions as of one place in the log. `quiet_ms` is up to when nothing came, while all are idle."""

    source_topic: str = ""
    source_partitions: int = 0
    event_ms: int = NEVER_MS
    ingest_ms: int = NEVER_MS
    sources: tuple[SourceProgress, ...] = ()
    quiet_ms: int = NEVER_MS

    def at(self, time: Literal["event", "ingest"], allowed_lateness_ms: int) -> int:
        """The watermark of a plan: whatever is still to come in time has a slot at or after it. NEVER_MS while it is
        unknown. It goes back only where a silent source wakes.
        """
        known_ms = max(self.event_ms if time == "event" else self.ingest_ms, self.quiet_ms)
        return max(NEVER_MS, known_ms - allowed_lateness_ms)

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
            sources[part.partition] = _advanced(sources.get(part.partition), part, account)
        ordered = tuple(source for _, source in sorted(sources.items()))
        if self.sources and _all_idle(self.sources) and not _all_idle(ordered):
            ordered = tuple(map(_behind, ordered))
        count = max(self.source_partitions, account.source_partitions)
        return Watermarks(
            account.source_topic,
            count,
            max(self.event_ms, _minimum(ordered, count, "event")),
            max(self.ingest_ms, _minimum(ordered, count, "ingest")),
            ordered,
            min(source.at_ms for source in ordered) if len(ordered) >= count and _all_idle(ordered) else NEVER_MS,
        )


def _advanced(before: SourceProgress | None, part: SourceRange, account: Account) -> SourceProgress:
    if before is not None and part.gap != before.next:
        _check_joins(before, part, account.source_topic)
    known = (before.event_ms, before.ingest_ms) if before else (NEVER_MS, NEVER_MS)
    return SourceProgress(
        part.partition,
        part.next,
        max(known[0], NEVER_MS if part.max_event_time_ms is None else part.max_event_time_ms),
        max(known[1], NEVER_MS if part.max_ingest_time_ms is None else part.max_ingest_time_ms),
        part.idle_since_ms is not None,
        part.at_ms,
        account.clock_ms,
        before.behind_until_ms if before and part.idle_since_ms is not None else NEVER_MS,
    )


def _all_idle(sources: Sequence[SourceProgress]) -> bool:
    return all(source.idle for source in sources)


def _behind(source: SourceProgress) -> SourceProgress:
    """An idle partition, now that another has come awake: what nobody has looked for since may be there."""
    known = source.idle and source.clock_ms is not None
    return msgspec.structs.replace(source, behind_until_ms=source.clock_ms) if known else source


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
    """The least that any of them holds it at. Unknown unless all are there; where all are idle, none holds anything."""
    if len(sources) < count or _all_idle(sources):
        return NEVER_MS
    return min(source.held_at(time) for source in sources)
