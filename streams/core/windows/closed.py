"""A closed window: what the window stage makes a batch of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from streams.core.segments import Segment
from streams.core.windows.plan import WindowPlan


@dataclass(frozen=True, slots=True)
class ClosedWindow:
    """Rows and counts of a window that nothing can be added to any more.

    `start_ms` to `end_ms` (excluded) bound it; where a row closed it, `end_ms` is that row's slot, and where only rows
    close windows, `start_ms` is the slot of the first. `sequence` numbers a plan's windows where rows close them, else
    it is 0. `segments` hold exactly its rows, in the order of the log; rows whose `late` is set are kept beside the
    batch. `dropped` counts events by reason.
    """

    plan: WindowPlan
    source_topic: str
    start_ms: int
    end_ms: int
    sequence: int
    segments: tuple[Segment, ...]
    dropped: Mapping[str, int]
