"""Rows of a plan that are in no batch yet, as they came: Arrow record batches by calendar window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from streams.core.segments import Segment
from streams.core.windows.calendar import Calendar
from streams.core.windows.keys import Key, nth_key, up_to


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one segment that lie in one calendar window; `log_offset` is where the segment stands in the
    log.
    """

    log_offset: int
    segment: Segment
    first_ms: int
    in_time: int


@dataclass(slots=True)
class PendingState:
    """Pieces by the start of their calendar window. Rows are moved, never copied one by one."""

    calendar: Calendar
    _windows: dict[int, list[Piece]] = field(default_factory=dict)

    def add(self, log_offset: int, segment: Segment) -> None:
        """Take rows in; a segment that spans several windows is divided."""
        if not len(segment.batch):
            return
        starts = self.calendar.starts(segment.batch["slot_time"].to_numpy())
        for start in np.unique(starts).tolist():
            inside = starts == start
            whole = bool(inside.all())
            rows = segment.batch if whole else segment.batch.filter(pa.array(inside))
            self._put(start, _piece(log_offset, _with(segment, rows)))

    def first_ms(self) -> int | None:
        """The earliest slot of any row."""
        if not self._windows:
            return None
        return min(piece.first_ms for piece in self._windows[min(self._windows)])

    def oldest(self) -> int | None:
        """Where in the log the oldest rows stand."""
        return min((piece.log_offset for piece in self.pieces()), default=None)

    def rows(self) -> int:
        """Count rows, late ones included."""
        return sum(len(piece.segment.batch) for piece in self.pieces())

    def pieces(self) -> Iterator[Piece]:
        """Every piece."""
        for pieces in self._windows.values():
            yield from pieces

    def nth(self, window_start: int, number: int, before_ms: int) -> Key | None:
        """The key of the `number`-th row in time of a window, among those with a slot before `before_ms`."""
        pieces = self._windows.get(window_start, [])
        if sum(piece.in_time for piece in pieces) < number:
            return None
        batches = [piece.segment.batch for piece in pieces]
        chosen = [
            (batch["slot_time"].to_numpy() < before_ms) & ~batch["late"].to_numpy(zero_copy_only=False)
            for batch in batches
        ]
        if sum(int(np.count_nonzero(mask)) for mask in chosen) < number:
            return None
        return nth_key(batches, chosen, number)

    def take(self, window_start: int, cut: Key | None) -> tuple[Segment, ...]:
        """Remove the rows of a window up to and including `cut`; all of them where it is None."""
        pieces = self._windows.pop(window_start, [])
        if cut is None:
            return tuple(piece.segment for piece in pieces)
        taken = []
        for piece in pieces:
            mask = up_to(piece.segment.batch, cut)
            before, after = _divided(piece, mask)
            taken += before
            for rest in after:
                self._put(window_start, rest)
        return tuple(taken)

    def _put(self, window_start: int, piece: Piece) -> None:
        self._windows.setdefault(window_start, []).append(piece)


def _divided(piece: Piece, mask: np.ndarray) -> tuple[list[Segment], list[Piece]]:
    if mask.all():
        return [piece.segment], []
    if not mask.any():
        return [], [piece]
    before = _with(piece.segment, piece.segment.batch.filter(pa.array(mask)))
    after = _with(piece.segment, piece.segment.batch.filter(pa.array(~mask)))
    return [before], [_piece(piece.log_offset, after)]


def _piece(log_offset: int, segment: Segment) -> Piece:
    slots = segment.batch["slot_time"].to_numpy()
    late = int(segment.batch["late"].true_count)
    return Piece(log_offset, segment, int(slots.min()), len(slots) - late)


def _with(segment: Segment, rows: pa.RecordBatch) -> Segment:
    return Segment(segment.plan, segment.encoding, rows)
