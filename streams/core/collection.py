"""What the collect stage makes of a block: segments, counts, and where each source partition's time stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from streams.core import segments
from streams.core.collectors.collector import Collector
from streams.core.collectors.routing import Selection, select
from streams.core.events.block import EventBlock
from streams.core.windows.drops import Buckets, DropCount, buckets, count_drops
from streams.core.windows.plan import Clock, WindowPlan
from streams.core.windows.slots import Maxima, Slots, Timeline, slots, timeline
from streams.core.windows.times import Mask


class CollectorFaultError(RuntimeError):
    """A collector's operators fail with a block: by their contract they never do, whatever an event holds."""

    def __init__(self, collector_id: str, cause: Exception) -> None:
        super().__init__(f"collector {collector_id!r}: {type(cause).__name__}: {cause}")
        self.collector_id = collector_id


@dataclass(frozen=True, slots=True)
class Route:
    """A collector, its plan, and the partition of `collected` that all its segments go to.

    One partition holds all of a collector, so that one window stage sees all its rows.
    """

    collector: Collector
    plan: WindowPlan
    partition: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What one collector keeps of a block, and what it counts as dropped."""

    route: Route
    segments: Sequence[bytes]
    rows: int
    late: int
    drops: Sequence[DropCount]


@dataclass(frozen=True, slots=True)
class Collection:
    """The outcome for a block. `collected` marks the rows that at least one collector keeps.

    `maxima` has the maxima of the block's source partitions after it.
    """

    kept: Sequence[Kept]
    collected: Mask
    maxima: Mapping[int, Maxima]


def routes(collectors: Iterable[Collector], partitions: int) -> tuple[Route, ...]:
    """Give each enabled collector its partition of `collected`: CRC-32 of its id, modulo their number."""
    return tuple(
        Route(collector, collector.plan(), crc32(collector.id.encode()) % partitions)
        for collector in collectors
        if collector.enabled
    )


def collect(block: EventBlock, routed: Sequence[Route], before: Mapping[int, Maxima], max_bytes: int) -> Collection:
    """Offer a block to every collector.

    `before` has the maxima of source partitions as they were before the block. Segments are no longer than
    `max_bytes`; `segments.RowTooLargeError` where one event alone is, CollectorFaultError where operators fail.
    Pure: how a log is divided into blocks shows in nothing but segment borders.
    """
    line = timeline(block, before)
    placed: dict[Clock, tuple[Slots, Buckets]] = {}
    collected = np.zeros(len(block), np.bool_)
    kept = []
    for route in routed:
        clock = route.plan.clock
        if clock not in placed:
            placed[clock] = _placed(line, clock)
        try:
            selection = select(block, route.collector)
            kept.append(_kept(block, route, selection, *placed[clock], max_bytes))
        except segments.RowTooLargeError:
            raise
        except Exception as error:
            raise CollectorFaultError(route.collector.id, error) from error
        collected |= selection.mask
    return Collection(kept, collected, line.maxima)


def _placed(line: Timeline, clock: Clock) -> tuple[Slots, Buckets]:
    found = slots(line, clock)
    return found, buckets(found, clock)


def _kept(block: EventBlock, route: Route, selection: Selection, placed: Slots, found: Buckets, max_bytes: int) -> Kept:
    mask, plan = selection.mask, route.plan
    rewritten = selection.block.concepts if selection.block is not block else None
    rows = int(np.count_nonzero(mask))
    return Kept(
        route,
        segments.encode(block, mask, placed, plan, max_bytes, rewritten) if rows else (),
        rows,
        int(np.count_nonzero(mask & placed.late)),
        count_drops(selection.reason_codes, selection.reasons, found),
    )
