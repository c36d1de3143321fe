"""Windows computed the naive way: all events at once, one at a time, in plain Python. Shares no code with what it
judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.core.windows.plan import WindowPlan
from tests.core.windows.collected_log import Source, Told, recorded

NEVER, FOREVER = -(10**15), 10**15


@dataclass(frozen=True)
class Placed:
    slot: int
    partition: int
    offset: int
    late: bool
    kept: bool


def window(plan: WindowPlan, time: int) -> tuple[int, int]:
    trigger = plan.trigger
    if trigger.kind == "rows":
        return NEVER, FOREVER
    length = 3_600_000 if trigger.kind == "cron" else trigger.interval_ms  # tests use hourly cron windows in UTC
    assert length
    return time - time % length, time - time % length + length


def placed(source: Source, plan: WindowPlan) -> tuple[list[Placed], int]:
    """Every event in its slot, and the watermark after the last."""
    events, marks = [], []
    for partition, log in source.items():
        maximum = NEVER
        for offset, event in enumerate(log):
            time = min(event.time, recorded(event)) if plan.time == "event" else recorded(event)
            mark = maximum - plan.allowed_lateness_ms
            late = time < mark if plan.trigger.kind in ("rows", "rows_or_interval") else window(plan, time)[1] <= mark
            events.append(Placed(mark if late else time, partition, offset, late, event.kept))
            maximum = max(maximum, time)
        marks.append(maximum - plan.allowed_lateness_ms if maximum > NEVER else NEVER)
    return sorted(events, key=lambda e: (e.slot, e.partition, e.offset)), min(marks)


def bucket(plan: WindowPlan, time: int) -> tuple[int, int]:
    start, end = window(plan, time)
    if plan.trigger.kind in ("interval", "cron"):
        return start, end
    minute = time - time % 60_000
    return max(start, minute), min(end, minute + 60_000)


def windows_of(source: Source, plan: WindowPlan) -> list[Told]:
    """All windows that are closed once the whole source is read, in order."""
    events, mark = placed(source, plan)
    rows = [e for e in events if e.kept]
    drops = [(bucket(plan, e.slot), e) for e in events if not e.kept]
    closed: list[Told] = []
    last = NEVER
    while True:
        starts = [e.slot for e in rows[:1]] + [b[0] for b, _ in drops]
        if not starts or min(starts) >= mark:
            return closed
        start, end = window(plan, min(starts))
        taken, cut = _taken(plan, rows, mark, end)
        if cut is None:
            return closed
        out = [e for b, e in drops if b[1] <= cut]
        drops = [(b, e) for b, e in drops if b[1] > cut]
        counts = plan.trigger.kind in ("rows", "rows_or_interval")
        own = [e.slot for e in taken[:1]] + [bucket(plan, e.slot)[0] for e in out]
        begin = max(min(own) if start == NEVER else start, last)
        closed.append(_told(plan, (begin, cut, len(closed) if counts else 0), taken, len(out)))
        rows, last = rows[len(taken) :], cut


def _taken(plan: WindowPlan, rows: Sequence[Placed], mark: int, end: int) -> tuple[list[Placed], int | None]:
    known = [e for e in rows if e.slot < min(mark, end)]
    if plan.trigger.kind in ("rows", "rows_or_interval"):
        in_time = 0
        for number, event in enumerate(known):
            in_time += not event.late
            if in_time == plan.trigger.rows:
                return list(known[: number + 1]), event.slot
    if mark >= end and end < FOREVER:
        return list(known), end
    return [], None


def _told(plan: WindowPlan, bounds: tuple[int, int, int], taken: Sequence[Placed], dropped: int) -> Told:
    return Told(
        plan.config_hash,
        *bounds,
        tuple((e.partition, e.offset) for e in taken if not e.late),
        tuple((e.partition, e.offset) for e in taken if e.late),
        dropped,
    )
