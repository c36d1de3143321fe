"""What one partition of the `collected` log says: which stretches were read, what was dropped, which rows were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from streams.core.audit.findings import Finding
from streams.core.audit.places import Places, by_partition
from streams.core.audit.ranges import Ranges, ranges_of
from streams.core.segments import decode
from streams.core.windows.account import SourceRange, decode_account
from streams.core.windows.plan import WindowPlan
from streams.core.windows.times import Times


@dataclass(frozen=True, slots=True)
class SegmentRows:
    """One segment: where and when it stands in the log, its rows by source partition, and their slots."""

    log_offset: int
    timestamp_ms: int
    places: Mapping[int, Places]
    slots: Mapping[int, Times]


@dataclass(frozen=True, slots=True)
class Drops:
    """What one account says was dropped for one plan."""

    account: int
    log_offset: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the last account of a source partition says: its writer's clock, and the largest time of an event."""

    clock_ms: int | None
    time_ms: int | None


class LogLedger:
    """Takes the records of one partition, in order. `findings` has stretches that do not join."""

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.source_topic = ""
        self.plans: dict[str, WindowPlan] = {}
        self.served: dict[str, list[int]] = {}
        self.drops: dict[str, list[Drops]] = {}
        self.rows: dict[str, list[SegmentRows]] = {}
        self.findings: list[Finding] = []
        self.accounts = 0
        self.source_partitions = 0
        self.heard: dict[int, Heard] = {}
        self._ranges: dict[int, list[tuple[int, SourceRange]]] = {}

    def add_segment(self, log_offset: int, value: bytes, timestamp_ms: int) -> None:
        """Take a segment in."""
        segment = decode(value)
        partitions, offsets, indexes = (segment.batch[name].to_numpy() for name in ("partition", "offset", "index"))
        self.plans.setdefault(segment.plan.config_hash, segment.plan)
        places, slot_times = by_partition(partitions, offsets, indexes), segment.batch["slot_time"].to_numpy()
        slots = {each: slot_times[partitions == each] for each in places}
        rows = SegmentRows(log_offset, timestamp_ms, places, slots)
        self.rows.setdefault(segment.plan.config_hash, []).append(rows)

    def add_account(self, log_offset: int, value: bytes) -> None:
        """Take an account in; its stretches have to begin where those before them ended."""
        account = decode_account(value)
        self.source_topic = account.source_topic
        self.source_partitions = max(self.source_partitions, account.source_partitions)
        for stretch in account.ranges:
            self._add_range(stretch)
            self.heard[stretch.partition] = Heard(account.clock_ms, stretch.max_event_time_ms)
        for key, plan in account.plans.items():
            self.plans.setdefault(key, plan)
            if account.ranges:
                self.served.setdefault(key, []).append(self.accounts)
        for key, dropped in account.dropped.items():
            reasons: Counter[str] = Counter()
            for _, reason, number in dropped:
                reasons[reason] += number
            self.drops.setdefault(key, []).append(Drops(self.accounts, log_offset, reasons))
        self.accounts += bool(account.ranges)  # one without ranges begins the next one

    def bounds(self) -> dict[int, tuple[int, int]]:
        """From where to where (excluded) accounts speak of each source partition."""
        return {
            partition: (entries[0][1].first, max(stretch.next for _, stretch in entries))
            for partition, entries in self._ranges.items()
        }

    def ranges(self) -> dict[int, Ranges]:
        """All stretches, by source partition."""
        return {partition: ranges_of(entries) for partition, entries in sorted(self._ranges.items())}

    def _add_range(self, stretch: SourceRange) -> None:
        entries = self._ranges.setdefault(stretch.partition, [])
        if entries and stretch.first != entries[-1][1].next:
            self._report_break(entries[-1][1].next, stretch)
        entries.append((self.accounts, stretch))

    def _report_break(self, expected: int, stretch: SourceRange) -> None:
        if stretch.first > expected:
            gone = " for good, as the account says: retention or an offset reset" if stretch.gap == expected else ""
            problem = f"gap: no account of offsets {expected} to {stretch.first - 1}{gone}"
        else:
            problem = f"overlap: two accounts of offsets {stretch.first} to {min(expected, stretch.next) - 1}"
        where = f"{self.source_topic}-{stretch.partition}, collected partition {self.partition}"
        self.findings.append(Finding("source ranges", where, problem))
