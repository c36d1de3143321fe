"""Open windows against a model that computes all windows anew from all events: the oracle of these tests, told step by
step.

Whatever order transactions, commits and restarts come in, what was published is always what the model makes of the
events read so far.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streams.core.windows.plan import WindowPlan
from streams.core.windows.state import CollectedRecord, WindowsState
from tests.core.windows.collected_log import Event, Told, WriterState, told
from tests.core.windows.copied import CopiesInMemory
from tests.core.windows.oracle import windows_of
from tests.core.windows.strategies import SECOND, plans, steps

PARTITIONS = 2
TAKEN = st.lists(steps, min_size=1, max_size=5)


class WindowsMachine(RuleBasedStateMachine):
    """Two source partitions, one plan, and a window stage that commits and restarts as it likes."""

    @initialize(plan=plans, copy_bytes=st.sampled_from([None, 1, 5_000]))
    def begin(self, plan: WindowPlan, copy_bytes: int | None) -> None:
        self.plan, self.copy_bytes, self.copies = plan, copy_bytes, CopiesInMemory()
        self.source: dict[int, list[Event]] = {p: [] for p in range(PARTITIONS)}
        self.writer = WriterState(self.source, [plan])
        self.log: list[CollectedRecord] = []
        self.time = dict.fromkeys(range(PARTITIONS), 1_000 * SECOND)
        self.progress: dict[bytes, bytes] = {}
        self.committed: list[Told] = []
        self.state, self.closed, self.folded = WindowsState(copy_bytes), list[Told](), 0

    @rule(partition=st.integers(0, PARTITIONS - 1), drawn=TAKEN)
    def collect(self, partition: int, drawn: list[tuple[int, int, bool]]) -> None:
        """A collect worker reads more events and writes them into the log."""
        for step, delay, kept in drawn:
            self.time[partition] += step * SECOND
            time = self.time[partition]
            self.source[partition].append(Event(time, time + delay * SECOND, kept))
        self._write(self.writer.transaction({partition: len(drawn)}))

    @rule()
    def fold(self) -> None:
        """The window stage reads what there is."""
        for record in self.log[self.folded :]:
            self.closed += [told(closed) for closed in self.state.fold(record)]
            self.copies.keep(self.state)
        self.folded = len(self.log)

    @rule()
    def commit(self) -> None:
        checkpoint = self.state.checkpoint()
        self.progress |= dict(checkpoint.records)
        self.committed += self.closed
        self.closed = []
        self.copies.remove(checkpoint)

    @rule()
    def restart(self) -> None:
        self.state, self.closed = WindowsState(self.copy_bytes), []
        restart = self.state.restore(self.progress.items(), self.copies.read)
        self.folded = sum(record.offset < restart for record in self.log)

    @precondition(lambda self: self.folded == len(self.log) and self.log)
    @invariant()
    def what_was_published_is_what_all_events_make(self) -> None:
        wanted = windows_of(self.source, self.plan) if all(self.source.values()) else []
        assert self.committed + self.closed == wanted

    @precondition(lambda self: self.folded == len(self.log) and self.log)
    @invariant()
    def every_event_is_in_a_window_or_waits_for_one(self) -> None:
        windows = self.committed + self.closed
        waiting = sum(self.state.open_rows().values()) + sum(self.state.open_dropped().values())
        assert sum(window.events for window in windows) + waiting == sum(map(len, self.source.values()))

    def _write(self, messages: list) -> None:
        first = self.log[-1].offset + 2 if self.log else 0
        self.log += [CollectedRecord(first + 2 * n, kind, value) for n, (kind, value) in enumerate(messages)]


TestWindows = WindowsMachine.TestCase
TestWindows.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
