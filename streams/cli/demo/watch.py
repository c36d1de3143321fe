"""Watching events go by: produced, collected, in batches, in snapshots, until all expected windows are there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from streams.cli.exits import CommandError
from streams.cli.output import note

if TYPE_CHECKING:
    from streams.core.snapshots import Snapshot
    from streams.kafka.client_config import Config
    from streams.kafka.scan import Record
    from streams.settings import Settings

_SETTLED_S = 2.0
_NOTE_EVERY_S = 5.0
Window = tuple[str, int]
Counts = dict[str, tuple[int, int | None]]


class WatchState:
    """What has come so far, read from the topics alone."""

    def __init__(self, settings: Settings, events: int, expected: frozenset[Window]) -> None:
        from streams.cli.snapshot_rows import decoder
        from streams.kafka.scan import follow

        self._settings, self._events, self._expected = settings, events, expected
        self._decoded = decoder()
        self._batch_log = follow(_reader(settings, "demo"), settings.topics.batches, from_beginning=True)
        self._snapshot_log = follow(_reader(settings, "demo"), settings.topics.snapshots, from_beginning=True)
        self._snapshots: dict[str, Snapshot] = {}
        self._batches = self._collected = 0
        self._last_batch_at = time.monotonic()

    @property
    def snapshots(self) -> list[Snapshot]:
        """By collector and window."""
        return sorted(
            self._snapshots.values(), key=lambda each: (each.collector_id, each.start_ms or 0, each.sequence or 0)
        )

    @property
    def missing(self) -> list[Window]:
        """Expected windows (collector and end) without a snapshot."""
        return sorted(self._expected - {(each.collector_id, each.end_ms or 0) for each in self._snapshots.values()})

    @property
    def finished(self) -> bool:
        """All windows of the clock are there, and every batch has its snapshot, and no more batches come."""
        settled = time.monotonic() - self._last_batch_at > _SETTLED_S
        return not self.missing and self._batches == len(self._snapshots) and settled

    def look(self) -> None:
        """Take in what is new."""
        from streams.kafka.scan import committed_offsets

        group = _reader(self._settings, self._settings.group_id("collect"))
        self._collected = sum(committed_offsets(group, self._settings.topics.predictions).values())
        batches = sum(1 for _ in _until_none(self._batch_log))
        if batches:
            self._batches += batches
            self._last_batch_at = time.monotonic()
        for record in _until_none(self._snapshot_log):
            snapshot = self._decoded(record)
            if snapshot is not None and snapshot.labels_used is None:
                self._snapshots[snapshot.id] = snapshot

    def counts(self, produced: int) -> Counts:
        """Each step's count, and its total where it is known."""
        return {
            "produced": (produced, self._events),
            "collected": (self._collected, self._events),
            "batches": (self._batches, None),
            "snapshots": (len(self._snapshots), max(self._batches, len(self._expected))),
        }


def watch(state: WatchState, produced: Callable[[], int], trouble: Callable[[], str | None], timeout_s: float) -> None:
    """Show progress until the state is finished. Raises CommandError with the trouble, or when it takes too long."""
    give_up_at = time.monotonic() + timeout_s
    with _bars() as show:
        while not state.finished:
            state.look()
            show(state.counts(produced()))
            if (reason := trouble()) is not None:
                raise CommandError(reason)
            if time.monotonic() > give_up_at:
                windows = ", ".join(f"{collector} until {end_ms}" for collector, end_ms in state.missing) or "none"
                raise CommandError(f"not finished after {timeout_s:g} s; windows without a snapshot: {windows}")


@contextmanager
def _bars() -> Iterator[Callable[[Counts], None]]:
    """Bars on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _NotesState().show
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(counts: Counts) -> None:
            for name, (done, total) in counts.items():
                if name not in tasks:
                    tasks[name] = bars.add_task(name, total=total)
                bars.update(tasks[name], completed=done, total=total)

        yield show


class _NotesState:
    """When the last line was written."""

    def __init__(self) -> None:
        self._next_at = 0.0

    def show(self, counts: Counts) -> None:
        """Write a line where the last one is long ago."""
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + _NOTE_EVERY_S
            note(", ".join(f"{name} {done:,}" for name, (done, _) in counts.items()))


def _until_none(log: Iterator[Record | None]) -> Iterator[Record]:
    while (record := next(log)) is not None:
        yield record


def _reader(settings: Settings, group_id: str) -> Config:
    from streams.kafka import client_config

    return client_config.consumer(settings.kafka, group_id=group_id, client_id=settings.client_id("demo"))
