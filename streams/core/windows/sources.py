"""What the account records say about the source partitions, and the watermark that follows from it.

The watermark is a function of the records folded so far and of nothing else: it needs no memory of its own,
so a restart that restores
this table decides like a run without one.
"""

from __future__ import annotations

import msgspec

from streams.core.windows.account import Account, SourceRange
from streams.core.windows.plan import Clock
from streams.core.windows.times import FOREVER_MS, NEVER_MS


class LogContinuityError(ValueError):
    """The `collected` log does not account for a stretch of the source, or accounts for it twice (invariant
    7).
    """


class SourcesState(msgspec.Struct):
    """The newest range of every partition of the source `topic`. `count` is how many partitions the source
    has, 0 while
    nobody has said.
    """

    topic: str = ""
    count: int = 0
    latest: dict[int, SourceRange] = {}

    def apply(self, account: Account) -> None:
        """Enter an account. LogContinuityError where its ranges do not join those before."""
        self.topic = account.source_topic
        self.count = max(self.count, account.source_partitions)
        for new in account.ranges:
            known = self.latest.get(new.partition)
            if known is not None and known.next not in (new.first, new.gap):
                raise LogContinuityError(_discontinuity(account.source_topic, known, new))
            self.latest[new.partition] = new

    def watermark_ms(self, clock: Clock) -> int:
        """No row in time with a slot before this is still to come, except from a partition that is idle now.

        The minimum over partitions that are not idle. While one of them has shown nothing, NEVER_MS. Where
        all are idle: the time up to
        which all are known to have brought nothing.
        """
        if clock.order == "arrival":
            return FOREVER_MS
        if self.count == 0 or len(self.latest) < self.count:
            return NEVER_MS
        active = [each for each in self.latest.values() if each.idle_since_ms is None]
        if not active:
            return min(each.at_ms for each in self.latest.values()) - clock.allowed_lateness_ms
        maxima = [each.max_event_time_ms if clock.time == "event" else each.max_ingest_time_ms for each in active]
        known = [maximum for maximum in maxima if maximum is not None]
        return min(known) - clock.allowed_lateness_ms if len(known) == len(maxima) else NEVER_MS


def _discontinuity(topic: str, known: SourceRange, new: SourceRange) -> str:
    where = f"{topic}-{new.partition}"
    if new.first < known.next:
        return (
            f"{where}: offsets {new.first} to {known.next - 1} are collected twice: the collect group's offsets"
            " were moved back. To process the past again use other topics, or a replay"
        )
    return (
        f"{where}: nobody accounts for offsets {known.next} to {new.first - 1}: the collect group's offsets"
        " were moved ahead. Move them back, or begin with new topics"
    )
