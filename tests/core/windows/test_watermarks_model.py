"""Watermarks against a model that keeps every account and looks at all of them each time."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streams.core.windows.account import Account, SourceRange
from streams.core.windows.errors import SourceGapError, SourceOverlapError
from streams.core.windows.times import NEVER_MS
from streams.core.windows.watermarks import Watermarks

PARTITIONS = st.integers(0, 2)
STEPS = st.integers(0, 5)
GRACE = 7


@dataclass
class Stood:
    """What the accounts of one source partition have said, in order; the last one counts."""

    next: int = 0
    time: int | None = None
    idle_until: int | None = None
    behind_until: int = 0

    @property
    def holds_at(self) -> int:
        if self.idle_until is not None and self.idle_until >= self.behind_until:
            return self.idle_until + GRACE
        return NEVER_MS if self.time is None else self.time


class WatermarksMachine(RuleBasedStateMachine):
    """Readers of up to three partitions write accounts; time in each goes forward, also while it is idle."""

    def __init__(self) -> None:
        super().__init__()
        self.watermarks = Watermarks()
        self.stood: dict[int, Stood] = {}
        self.least_awake = NEVER_MS
        self.now = 100

    @initialize(count=st.integers(1, 3))
    def begin(self, count: int) -> None:
        self.count = count

    @rule(partition=PARTITIONS, events=STEPS, step=STEPS)
    def read(self, partition: int, events: int, step: int) -> None:
        was_quiet = self._quiet
        stood = self.stood.setdefault(partition % self.count, Stood())
        first, stood.next, stood.idle_until = stood.next, stood.next + events, None
        if events:
            stood.time = (stood.time or 0) + step
        for other in self.stood.values():
            if was_quiet and other.idle_until is not None:
                other.behind_until = other.idle_until + GRACE
        stood.behind_until = 0
        self._account(partition % self.count, first)

    @rule(partition=PARTITIONS, step=STEPS)
    def idle(self, partition: int, step: int) -> None:
        self.now += step
        stood = self.stood.setdefault(partition % self.count, Stood())
        stood.idle_until = self.now
        self._account(partition % self.count, stood.next)

    @rule(partition=PARTITIONS, by=st.integers(1, 3))
    def leave_out(self, partition: int, by: int) -> None:
        stood = self.stood.get(partition % self.count)
        if stood is not None:
            with pytest.raises(SourceGapError):
                self.watermarks.after(self._of(partition % self.count, stood.next + by, stood.next + by))

    @rule(partition=PARTITIONS, by=st.integers(1, 3))
    def repeat(self, partition: int, by: int) -> None:
        stood = self.stood.get(partition % self.count)
        if stood is not None:
            with pytest.raises(SourceOverlapError):
                self.watermarks.after(self._of(partition % self.count, stood.next - by, stood.next))

    @invariant()
    def the_watermark_is_the_least_that_was_held_and_goes_back_only_to_it(self) -> None:
        complete = len(self.stood) >= getattr(self, "count", 1)
        if complete and not self._quiet:
            self.least_awake = max(self.least_awake, min(one.holds_at for one in self.stood.values()))
        until = min(one.idle_until or 0 for one in self.stood.values()) if complete and self._quiet else NEVER_MS
        assert self.watermarks.at("event", 0) == max(self.least_awake, until)

    @property
    def _quiet(self) -> bool:
        return bool(self.stood) and all(one.idle_until is not None for one in self.stood.values())

    def _account(self, partition: int, first: int) -> None:
        self.watermarks = self.watermarks.after(self._of(partition, first, self.stood[partition].next))

    def _of(self, partition: int, first: int, following: int) -> Account:
        stood = self.stood[partition]
        part = SourceRange(
            partition,
            first,
            following,
            at_ms=stood.idle_until or 0,
            max_event_time_ms=stood.time,
            idle_since_ms=None if stood.idle_until is None else 0,
        )
        return Account("predictions", self.count, (part,), clock_ms=part.at_ms + GRACE)


TestWatermarks = WatermarksMachine.TestCase
TestWatermarks.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
