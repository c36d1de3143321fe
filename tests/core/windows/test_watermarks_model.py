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


@dataclass
class Stood:
    """What the accounts of one source partition have said, in order; the last one counts."""

    next: int = 0
    time: int | None = None
    idle_until: int | None = None


class WatermarksMachine(RuleBasedStateMachine):
    """Readers of up to three partitions write accounts; time in each goes forward, also while it is idle."""

    def __init__(self) -> None:
        super().__init__()
        self.watermarks = Watermarks()
        self.stood: dict[int, Stood] = {}
        self.history = [NEVER_MS]
        self.now = 100

    @initialize(count=st.integers(1, 3))
    def begin(self, count: int) -> None:
        self.count = count

    @rule(partition=PARTITIONS, events=STEPS, step=STEPS)
    def read(self, partition: int, events: int, step: int) -> None:
        stood = self.stood.setdefault(partition % self.count, Stood())
        first, stood.next, stood.idle_until = stood.next, stood.next + events, None
        if events:
            stood.time = (stood.time or 0) + step
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
    def the_watermark_is_the_least_of_those_awake_and_never_goes_back(self) -> None:
        self.history.append(max(self.history[-1], self._model()))
        assert self.watermarks.at("event", 0) == self.history[-1]

    def _model(self) -> int:
        if len(self.stood) < getattr(self, "count", 1):
            return NEVER_MS
        awake = [one.time for one in self.stood.values() if one.idle_until is None]
        if awake:
            return min(NEVER_MS if time is None else time for time in awake)
        return min(one.idle_until or 0 for one in self.stood.values())

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
        return Account("predictions", self.count, (part,))


TestWatermarks = WatermarksMachine.TestCase
TestWatermarks.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
