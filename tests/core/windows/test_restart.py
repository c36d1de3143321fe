"""A restart does not show: what was published before it and after it is what a run without one publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.core.windows.plan import WindowPlan
from streams.core.windows.state import WindowsState
from tests.core.windows.collected_log import CollectedRecord, Source, Told, folded, told
from tests.core.windows.copied import CopiesInMemory
from tests.core.windows.strategies import arrival_plans, eventful_log, plans, seeds, sources

Phases = Sequence[Sequence[WindowPlan]]
phases = st.lists(st.lists(plans | arrival_plans, min_size=1, max_size=2, unique=True), min_size=1, max_size=3)

copy_bytes = st.sampled_from([None, 1, 3_000, 20_000])


@dataclass
class StageState:
    """A window stage as Kafka sees it: what is not committed is gone when it dies."""

    log: Sequence[CollectedRecord]
    published: list[Told] = field(default_factory=list)
    progress: dict[bytes, bytes] = field(default_factory=dict)
    committed: int = 0
    place: int = 0
    copy_bytes: int | None = None
    copies: CopiesInMemory = field(default_factory=CopiesInMemory)
    closed: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = WindowsState(self.copy_bytes)

    def fold(self) -> None:
        self.closed += [told(closed) for closed in self.state.fold(self.log[self.place])]
        self.place += 1
        self.copies.keep(self.state)

    def commit(self) -> None:
        checkpoint = self.state.checkpoint()
        self.published += self.closed
        self.progress |= dict(checkpoint.records)
        self.committed, self.closed = checkpoint.restart, []
        self.copies.remove(checkpoint)

    def crash(self) -> None:
        self.state, self.closed = WindowsState(self.copy_bytes), []
        assert self.state.restore(self.progress.items(), self.copies.read) == self.committed
        self.place = sum(record.offset < self.committed for record in self.log)


@given(sources(), phases, seeds, copy_bytes)
def test_crashes_between_any_records_and_commits_do_not_show(
    source: Source, phases: Phases, seed: int, copy_bytes: int | None
) -> None:
    log = eventful_log(source, phases, seed)
    chance = Random(seed)
    stage, crashes = StageState(log, copy_bytes=copy_bytes), 0
    while stage.place < len(log):
        stage.fold()
        if chance.random() < 0.3:
            stage.commit()
        if chance.random() < 0.2 and crashes < 12:
            stage.crash()
            crashes += 1
    stage.commit()
    _assert_like_no_restart(stage, log)


@given(sources(), phases, seeds, copy_bytes)
def test_a_restart_at_every_single_record_does_not_show(
    source: Source, phases: Phases, seed: int, copy_bytes: int | None
) -> None:
    log = eventful_log(source, phases, seed)
    stage = StageState(log, copy_bytes=copy_bytes)
    for place in range(1, len(log) + 1):
        while stage.place < place:
            stage.fold()
        stage.commit()
        stage.crash()
    _assert_like_no_restart(stage, log)


def _assert_like_no_restart(stage: StageState, log: Sequence[CollectedRecord]) -> None:
    windows, state = folded(log)
    while stage.place < len(log):
        stage.fold()
    assert stage.published == windows
    assert stage.state.open_rows() == state.open_rows()
    assert stage.state.open_dropped() == state.open_dropped()
