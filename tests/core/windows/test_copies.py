"""Copies of what waits for long: how much of the log a restart still reads, and how much there is to copy."""

from __future__ import annotations

import pytest

from streams.core.windows.copies import DamagedCopyError, LogCopy, border_in, read_copy
from streams.core.windows.plan import Trigger, WindowPlan
from streams.core.windows.progress import ProgressRecord
from streams.core.windows.state import CollectedRecord, WindowsState
from tests.core.windows.collected_log import Event, WriterState, folded, log_of, plan_of, told
from tests.core.windows.copied import CopiesInMemory

SECOND, HOUR = 1_000, 3_600_000
LONG = plan_of(Trigger("rows", rows=1_000_000), collector_id="long")
SHORT = plan_of(Trigger("interval", interval_ms=10 * SECOND), collector_id="short")
LIMIT = 20_000


class StageState:
    """Folds a log, commits after every record, and remembers the largest amount of copies."""

    def __init__(self, copy_bytes: int | None = LIMIT) -> None:
        self.state, self.copies = WindowsState(copy_bytes), CopiesInMemory()
        self.progress: dict[bytes, bytes] = {}
        self.restart = 0
        self.most = 0

    def fold(self, log: list[CollectedRecord]) -> None:
        for record in log:
            self.state.fold(record)
            self.copies.keep(self.state)
            made = self.state.checkpoint()
            self.progress |= dict(made.records)
            self.restart = made.restart
            self.copies.remove(made)
            self.most = max(self.most, len(self.copies.objects))

    def records(self) -> list[ProgressRecord]:
        return list(self.progress.items())


def log_over(hours: float, plans: list[WindowPlan], transactions: int = 200) -> list[CollectedRecord]:
    """Events at even distances over so many hours, ten by a transaction."""
    step = round(hours * HOUR / transactions / 10)
    writer = WriterState({0: [Event(10 * HOUR + n * step) for n in range(transactions * 10)]}, plans)
    return log_of([message for _ in range(transactions) for message in writer.transaction({0: 10})])


def bytes_from(log: list[CollectedRecord], restart: int) -> int:
    return sum(len(record.value) for record in log if record.offset >= restart)


@pytest.mark.parametrize("transactions", [100, 400])
def test_what_a_restart_reads_of_the_log_does_not_grow_with_the_window(transactions: int) -> None:
    log, stage = log_over(0.5, [LONG], transactions), StageState()
    stage.fold(log)
    assert bytes_from(log, 0) > 10 * LIMIT
    assert bytes_from(log, stage.restart) < 1.5 * LIMIT


def test_without_copies_a_restart_reads_the_window_from_its_beginning() -> None:
    log, stage = log_over(0.5, [LONG]), StageState(copy_bytes=None)
    stage.fold(log)
    assert stage.restart == log[0].offset
    assert not stage.copies.objects


def test_a_log_that_lost_what_is_copied_gives_the_same_windows() -> None:
    log, stage = log_over(0.5, [LONG, SHORT], 100), StageState()
    half = len(log) // 2
    stage.fold(log[:half])
    again = WindowsState(LIMIT)
    assert again.restore(stage.records(), stage.copies.read) == stage.restart
    kept = [record for record in log if record.offset >= stage.restart]
    assert len(kept) < len(log) - half + 25
    closed = [told(window) for record in kept for window in again.fold(record)]
    windows, state = folded(log)
    assert closed == windows[-len(closed) :]
    assert again.open_rows() == state.open_rows()


def test_copies_of_closed_windows_go_although_a_longer_window_shares_their_log() -> None:
    """Most bytes are those of short windows; each copy has some of the long one too."""
    few = plan_of(Trigger("rows", rows=1_000_000), collector_id="few")
    busy, rare = log_over(1, [SHORT], 200), log_over(1, [few], 200)
    segments = [each for n, each in enumerate(rare) if each.kind == "segment" and n % 40 == 0]
    offsets = {log.offset: log for log in segments}
    log = []
    for record in busy:
        log.append(record)
        if record.offset in offsets:
            log.append(CollectedRecord(record.offset + 1, "segment", offsets[record.offset].value))
    stage = StageState()
    stage.fold(log)
    waiting = sum(len(each.value) for each in segments)
    assert stage.state.open_rows()["few"] == 10 * len(segments)
    assert sum(map(len, stage.copies.objects.values())) < 2 * waiting + 2 * LIMIT
    assert stage.most < bytes_from(log, 0) / LIMIT / 3


def test_copies_are_made_when_an_hour_of_the_log_ends_however_little_came() -> None:
    log, stage = log_over(3.5, [LONG], 7), StageState(copy_bytes=10**9)
    stage.fold(log)
    assert stage.restart > log[0].offset
    assert len(stage.copies.objects) == 1  # the few rows of each hour lie in one copy


def test_where_nothing_new_waits_no_copy_is_made_again() -> None:
    stage = StageState(copy_bytes=1)
    writer = WriterState({0: [Event(10 * HOUR)]}, [LONG])
    log = log_of([message for count in (1, 0, 0, 0) for message in writer.transaction({0: count})])
    stage.fold(log)
    assert [border_in(name) for name in stage.copies.objects] == [log[1].offset + 1]
    assert stage.restart == log[-1].offset + 1


def test_a_copy_that_is_not_what_was_made_is_refused() -> None:
    copy, content = made_at_once()
    with pytest.raises(DamagedCopyError, match="made were"):
        read_copy(copy, content[:-1])
    with pytest.raises(DamagedCopyError, match="made were"):
        read_copy(copy, content[:-1] + b"!")


def made_at_once() -> tuple[LogCopy, bytes]:
    """A copy with its content, of a log that has one segment."""
    state = WindowsState(1)
    for record in log_over(0.1, [LONG], 1):
        state.fold(record)
    (made,) = state.take_copies()
    return made
