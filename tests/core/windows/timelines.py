"""Logs as text, to be read from top to bottom: one transaction a line, and what the window stage makes of it.

    a 1 4 9      => W ?
    b 2 8 12     => W 9
    a 11x 13     => W 12  [0,10) a1 b2 a4 b8 a9

Left: a source partition and its events by time in seconds. `11x` is dropped by the collector, `5@9` says 5 and is
recorded at 9 (else an event is recorded when it says). `a idle 30` marks the partition idle, having brought nothing
until 30; `clock 60` is what the worker's clock says. `/` divides partitions that one transaction covers. Right: the
watermark (`?` while it is unknown), and the windows that close: bounds, rows in order (partition and time), `late(...)`
rows kept beside them, `dropped(n)` events counted; `#n` is the sequence where rows close windows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from streams.core.windows.closed import ClosedWindow
from streams.core.windows.plan import Trigger, WindowPlan
from streams.core.windows.state import WindowsState
from streams.core.windows.times import NEVER_MS
from tests.core.windows.collected_log import Event, Source, WriterState, log_of, plan_of, told

SECOND = 1_000


@dataclass(frozen=True)
class Line:
    """What one transaction reads: events by partition, and until when idle partitions brought nothing."""

    text: str
    events: Mapping[int, list[Event]]
    idle: Mapping[int, int]
    clock: int | None


def shown(plan: WindowPlan, text: str) -> str:
    """The timeline with its right-hand sides as the window stage makes them: equal to `text` where that is
    right.
    """
    lines = [_line(line.split("=>")[0].strip()) for line in text.strip().splitlines()]
    source = _source(lines)
    writer, state, offset = WriterState(source, [plan]), WindowsState(), 0
    out = []
    for line in lines:
        counts = {p: len(events) for p, events in line.events.items()}
        records = log_of(writer.transaction(counts, line.idle, line.clock), offset)
        offset = records[-1].offset + 1
        closed = [_window(window, source) for record in records for window in state.fold(record)]
        out.append(" ".join([line.text, "=>", _watermark(state, plan), *closed]))
    return "\n".join(out)


def squeezed(text: str) -> str:
    """A timeline without the white space that lines it up."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _source(lines: list[Line]) -> Source:
    source: dict[int, list[Event]] = {}
    for line in lines:
        for partition, events in line.events.items():
            source.setdefault(partition, []).extend(events)
    return dict(sorted(source.items()))


def _line(text: str) -> Line:
    parts = [part.split() for part in text.split("/")]
    events, idle, clock = {}, {}, None
    for name, *words in parts:
        if name == "clock":
            clock = int(words[0]) * SECOND
            continue
        partition = ord(name) - ord("a")
        is_idle = words[:1] == ["idle"]
        events[partition] = [] if is_idle else [_event(word) for word in words]
        if is_idle:
            idle[partition] = int(words[1]) * SECOND
    return Line(" ".join(text.split()), events, idle, clock)


def _event(word: str) -> Event:
    time, _, recorded = word.removesuffix("x").partition("@")
    at = int(time) * SECOND
    return Event(at, int(recorded or time) * SECOND, kept=not word.endswith("x"))


def _watermark(state: WindowsState, plan: WindowPlan) -> str:
    watermark = state.watermarks.at(plan.time, plan.allowed_lateness_ms)
    return "W ?" if watermark == NEVER_MS else f"W {watermark // SECOND}"


def _window(closed: ClosedWindow, source: Source) -> str:
    window = told(closed)
    number = f"#{window.sequence}" if closed.plan.trigger.counts_rows else ""
    return "".join(
        [
            f"[{window.start // SECOND},{window.end // SECOND}){number}",
            *(f" {_name(row, source)}" for row in window.rows),
            f" late({' '.join(_name(row, source) for row in window.late)})" if window.late else "",
            f" dropped({window.dropped})" if window.dropped else "",
        ]
    )


def _name(row: tuple[int, int], source: Source) -> str:
    partition, offset = row
    return f"{chr(ord('a') + partition)}{source[partition][offset].time // SECOND}"


TEN_SECONDS = Trigger("interval", interval_ms=10 * SECOND)


def every_ten_seconds(lateness: int = 0, **more: str) -> WindowPlan:
    return plan_of(TEN_SECONDS, allowed_lateness_ms=lateness * SECOND, **more)


def every_rows(rows: int, lateness: int = 0, **more: str) -> WindowPlan:
    return plan_of(Trigger("rows", rows=rows), allowed_lateness_ms=lateness * SECOND, **more)


def every_rows_or_ten_seconds(rows: int, lateness: int = 0) -> WindowPlan:
    trigger = Trigger("rows_or_interval", rows=rows, interval_ms=10 * SECOND)
    return plan_of(trigger, allowed_lateness_ms=lateness * SECOND)


def assert_plays(plan: WindowPlan, timeline: str) -> None:
    assert shown(plan, timeline) == squeezed(timeline)
