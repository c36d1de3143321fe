"""Checks within the `collected` log: each event is kept or dropped by each collector that was served, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from streams.core.audit.findings import Finding
from streams.core.audit.log_ledger import Drops, LogLedger
from streams.core.audit.places import Places, doubled, joined, offsets_of, some, within
from streams.core.audit.ranges import Column, Ranges

Bounds = Mapping[int, tuple[int, int]]


def common_bounds(logs: Sequence[LogLedger]) -> Bounds:
    """The stretch of each source partition of which every partition of the log speaks."""
    found = [log.bounds() for log in logs if log.accounts]
    partitions = set.intersection(*(set(each) for each in found)) if found else set()
    bounds = {p: (max(each[p][0] for each in found), min(each[p][1] for each in found)) for p in sorted(partitions)}
    return {p: (first, end) for p, (first, end) in bounds.items() if first < end}


@dataclass(frozen=True, slots=True)
class PlanRows:
    """What one plan kept and dropped within bounds: `places` by source partition, in ascending order."""

    read: int
    places: Mapping[int, Places]
    dropped: Mapping[str, int]
    findings: Sequence[Finding]

    @property
    def kept(self) -> int:
        """Number of rows."""
        return sum(map(len, self.places.values()))


def check_plan(log: LogLedger, key: str, bounds: Bounds) -> PlanRows:
    """Compare, account by account, the events that were read with those that the plan kept or dropped."""
    ranges = {p: each.within(bounds[p]) for p, each in log.ranges().items() if p in bounds}
    places = rows_of(log, key, bounds)
    balance, read = _balance(log, key, ranges, places)
    findings = [
        *_doubled_rows(log, key, places),
        *_unbalanced(log, key, ranges, balance),
    ]
    return PlanRows(read, places, _dropped(log, key, ranges), findings)


def rows_of(log: LogLedger, key: str, bounds: Bounds, before: int | None = None) -> dict[int, Places]:
    """A plan's rows within bounds, of segments before a log offset (None: of all), by source partition."""
    parts: dict[int, list[Places]] = {}
    for segment in log.rows.get(key, ()):
        if before is None or segment.log_offset < before:
            for partition, places in segment.places.items():
                if partition in bounds:
                    parts.setdefault(partition, []).append(within(places, bounds[partition]))
    return {partition: joined(each) for partition, each in sorted(parts.items())}


def _balance(
    log: LogLedger, key: str, ranges: Mapping[int, Ranges], places: Mapping[int, Places]
) -> tuple[Column, int]:
    """Per account: events read, less those kept and dropped; and how many were read."""
    balance = np.zeros(log.accounts, np.int64)
    for each in ranges.values():
        np.add.at(balance, each.accounts, each.events)
    served = np.zeros(log.accounts, np.bool_)
    served[log.served.get(key, [])] = True
    balance[~served] = 0
    read = int(balance.sum())
    for partition, found in places.items():
        if partition in ranges:
            np.subtract.at(balance, ranges[partition].accounts, ranges[partition].count(offsets_of(found)))
    for drops in _drops_within(log, key, ranges):
        balance[drops.account] -= sum(drops.reasons.values())
    return balance, read


def _drops_within(log: LogLedger, key: str, ranges: Mapping[int, Ranges]) -> Iterator[Drops]:
    inside = {int(number) for each in ranges.values() for number in each.accounts}
    return (drops for drops in log.drops.get(key, ()) if drops.account in inside)


def _dropped(log: LogLedger, key: str, ranges: Mapping[int, Ranges]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for drops in _drops_within(log, key, ranges):
        total.update(drops.reasons)
    return dict(sorted(total.items()))


def _doubled_rows(log: LogLedger, key: str, places: Mapping[int, Places]) -> Iterator[Finding]:
    twice = {partition: doubled(each) for partition, each in places.items()}
    number = sum(map(len, twice.values()))
    if number:
        where = f"collector {log.plans[key].collector_id}, collected partition {log.partition}"
        yield Finding("segments", where, f"{number} events were kept twice: {some(log.source_topic, twice)}")


def _unbalanced(log: LogLedger, key: str, ranges: Mapping[int, Ranges], balance: Column) -> Iterator[Finding]:
    where = f"collector {log.plans[key].collector_id}, collected partition {log.partition}"
    for account in np.flatnonzero(balance).tolist():
        stretches = _stretches(log, ranges, account)
        number = int(balance[account])
        wrong = (
            f"{number} events are neither kept nor dropped: a segment is lost"
            if number > 0
            else f"{-number} more events are kept or dropped than were read"
        )
        yield Finding("events", where, f"{wrong} ({stretches})")


def _stretches(log: LogLedger, ranges: Mapping[int, Ranges], account: int) -> str:
    return ", ".join(
        f"{log.source_topic}-{partition} offsets {each.first[row]} to {each.next[row] - 1}"
        for partition, each in ranges.items()
        for row in np.flatnonzero(each.accounts == account).tolist()
    )


def check_collected(topic: str, ranges: Mapping[int, Ranges], rows: Sequence[Mapping[int, Places]]) -> list[Finding]:
    """Compare how many events at least one collector kept, by stretch, with what accounts say. `rows` by plan."""
    findings = []
    for partition, each in ranges.items():
        distinct = np.unique(joined(plan[partition] for plan in rows if partition in plan))
        found = each.count(offsets_of(distinct))
        for row in np.flatnonzero(found != each.collected).tolist():
            where = f"{topic}-{partition} offsets {each.first[row]} to {each.next[row] - 1}"
            problem = f"{each.collected[row]} events were collected, {found[row]} are in segments"
            findings.append(Finding("collected", where, problem))
    return findings


def check_dead_letters(topic: str, ranges: Mapping[int, Ranges], letters: Mapping[int, Sequence[int]]) -> list[Finding]:
    """Compare dead letters (offsets by source partition) with the numbers that accounts have, by stretch."""
    findings = []
    for partition, each in ranges.items():
        offsets = np.sort(np.array(letters.get(partition, ()), np.int64))
        twice = np.unique(offsets[1:][np.diff(offsets) == 0])
        for offset in twice.tolist():
            where = f"{topic}-{partition} offset {offset}"
            findings.append(Finding("dead letters", where, "the message is among the dead letters more than once"))
        found = each.count(offsets)
        for row in np.flatnonzero(found != each.dead).tolist():
            where = f"{topic}-{partition} offsets {each.first[row]} to {each.next[row] - 1}"
            problem = f"{each.dead[row]} messages went to the dead letters, {found[row]} are there"
            findings.append(Finding("dead letters", where, problem))
    return findings
