"""Checks of what stands still: what no stage reads, partitions that nobody speaks of, collectors that nobody serves,
windows that should have closed. All that was read may be accounted for although nothing comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.core.audit.batch_checks import PlanSide, Rows
from streams.core.audit.findings import Backlog, Finding
from streams.core.audit.log_ledger import Heard, LogLedger
from streams.core.events.times import written
from streams.core.windows.calendar import calendar
from streams.core.windows.times import NEVER_MS
from streams.core.windows.watermarks import Watermarks

_GRACE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Present:
    """What the records themselves do not say: the time, two settings, who is to be served, and what is unread."""

    now_ms: int
    idle_after_ms: int
    record_ahead_ms: int
    collectors: Sequence[str] = ()
    backlogs: Sequence[Backlog] = ()

    @property
    def catches_up(self) -> bool:
        """Whether collect or window still have something to read, and do."""
        return any(each.moves and each.stage != "report" for each in self.backlogs)


def check_backlogs(present: Present) -> Iterator[Finding]:
    """What waits to be read has to be read."""
    for each in present.backlogs:
        if not each.moves:
            problem = (
                f"the {each.stage} stage has read up to offset {each.committed} of {each.end} and committed nothing for"
                f" {each.watched_s:g} s: does a worker run, and what does it say?"
            )
            yield Finding("backlog", f"{each.topic}-{each.partition}", problem)


def check_collectors(present: Present, logs: Sequence[LogLedger]) -> Iterator[Finding]:
    """Every enabled collector has to be served."""
    served = {log.plans[key].collector_id for log in logs for key in log.served}
    for collector in present.collectors:
        if collector not in served:
            problem = "no account names it: does a collect stage run, with this collectors file?"
            yield Finding("silent collectors", f"collector {collector}", problem)


def check_partitions(present: Present, logs: Sequence[LogLedger]) -> Iterator[Finding]:
    """Every source partition has to be spoken of, as recently as the others, and at a time that has come."""
    log = next((each for each in logs if each.accounts), None)
    if log is None:
        return
    newest_ms = max((each.clock_ms or NEVER_MS for each in log.heard.values()), default=NEVER_MS)
    for partition in range(log.source_partitions):
        problem = _partition_problem(log.heard.get(partition), newest_ms, present)
        if problem is not None:
            yield Finding("partitions", f"{log.source_topic}-{partition}", problem)


def _partition_problem(heard: Heard | None, newest_ms: int, present: Present) -> str | None:
    if heard is None:
        return "no account speaks of it, and windows wait for it: does a worker read it?"
    if heard.clock_ms is not None and heard.clock_ms + _GRACE_MS + present.idle_after_ms < newest_ms:
        since, others = written(heard.clock_ms), written(newest_ms)
        return f"stands still: no account speaks of it since {since}, of others until {others}; windows wait for it"
    if heard.time_ms is not None and heard.time_ms > present.now_ms + present.record_ahead_ms:
        return f"its time is {written(heard.time_ms)}, which has not come: all that it brings until then is late"
    return None


def check_windows(
    present: Present, side: PlanSide, log: LogLedger, batched: Rows, closed_to_ms: int, watermarks: Watermarks | None
) -> Iterator[Finding]:
    """Windows whose rows wait must end near the present: those that should have closed long ago will not, and those of
    a time that has not come cannot.
    """
    if side.plan.trigger.kind == "rows":
        return
    waiting = _waiting(log, side, batched, closed_to_ms)
    ahead = {window: n for window, (n, _) in waiting.items() if window[0] > present.now_ms + present.record_ahead_ms}
    if ahead:
        yield Finding("windows", side.where, f"{_told(ahead)}, which has not come: they wait until then")
    patience_ms = side.plan.allowed_lateness_ms + present.idle_after_ms + _GRACE_MS
    overdue = {
        window: n
        for window, (n, since_ms) in waiting.items()
        if present.now_ms > max(window[1], since_ms + window[1] - window[0]) + patience_ms
    }
    if overdue and not present.catches_up:
        held = _held(log.source_topic, side, watermarks)
        yield Finding("windows", side.where, f"{_told(overdue)}, long ago, and are not closed: {held}")


def _waiting(
    log: LogLedger, side: PlanSide, batched: Rows, closed_to_ms: int
) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Rows in no batch by the bounds of their window: how many, and when the last of them came into the log. Rows of
    windows before a closed one were dropped as it closed, or moved.
    """
    bounds, found = calendar(side.plan.trigger), dict[tuple[int, int], tuple[int, int]]()
    for segment in log.rows.get(side.plan.config_hash, ()):
        for partition, places in segment.places.items():
            if partition not in side.bounds:
                continue
            rows: NDArray[np.bool_] = ~np.isin(places, batched.get(partition, places[:0]))
            slots = segment.slots[partition][rows]
            starts, numbers = np.unique(bounds.starts(slots[slots >= closed_to_ms]), return_counts=True)
            for start, number in zip(starts.tolist(), numbers.tolist(), strict=True):
                before, since_ms = found.get(bounds.window(start), (0, NEVER_MS))
                found[bounds.window(start)] = before + number, max(since_ms, segment.timestamp_ms)
    return found


def _told(windows: Mapping[tuple[int, int], int]) -> str:
    first, last = min(windows), max(windows)
    return f"{sum(windows.values())} rows wait in windows from {written(first[0])} to {written(last[1])}"


def _held(topic: str, side: PlanSide, watermarks: Watermarks | None) -> str:
    if watermarks is None or len(watermarks.sources) < watermarks.source_partitions:
        return "not every partition of the source is known"
    at_ms = watermarks.at(side.plan.time, 0)
    holder = min(watermarks.sources, key=lambda each: each.held_at(side.plan.time))
    time = written(at_ms) if at_ms > NEVER_MS else "unknown"
    return f"the watermark is {time}, held by {topic}-{holder.partition}"
