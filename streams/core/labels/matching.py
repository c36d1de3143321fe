"""Which labels belong to which batches, by hashes of event ids: whichever of the two came first.

A hash says where to look; `join_labels` then compares ids, so that two ids of one hash do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.assemble import hashed

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]

_BLOCK_LABELS = 50_000


def matches(ordered: Hashes, probes: Hashes) -> tuple[Rows, Rows]:
    """Every pair of a probe and an equal hash among the ordered ones: rows of the probes, rows of the ordered."""
    first = np.searchsorted(ordered, probes, "left")
    found = np.searchsorted(ordered, probes, "right") - first
    rows = np.repeat(np.arange(len(probes)), found)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(found) - found, found)
    return rows, np.repeat(first, found) + within


@dataclass(slots=True)
class BatchIndexState:
    """Hashes of the ids of all batches that labels are joined to: 12 bytes a row.

    Kept in ordered runs, of which each is more than twice as long as the next: a look-up asks few of them, and a row is
    moved as often as the logarithm of their number.
    """

    _runs: list[tuple[Hashes, NDArray[np.int32]]] = field(default_factory=list)

    def add(self, batch: int, hashes: Hashes) -> None:
        """Take in the rows of a batch."""
        self._runs.append((np.sort(hashes), np.full(len(hashes), batch, np.int32)))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            last, before = self._runs.pop(), self._runs.pop()
            joined, batches = np.concatenate([before[0], last[0]]), np.concatenate([before[1], last[1]])
            order = np.argsort(joined, kind="stable")
            self._runs.append((joined[order], batches[order]))

    def drop(self, batches: Collection[int]) -> None:
        """Forget batches."""
        gone = np.fromiter(batches, np.int32, len(batches))
        kept = [(hashes, owners, ~np.isin(owners, gone)) for hashes, owners in self._runs]
        self._runs = [(hashes[stays], owners[stays]) for hashes, owners, stays in kept]

    def match(self, hashes: Hashes) -> tuple[Rows, NDArray[np.int32]]:
        """Rows of these hashes and the batches that have an event of that hash; a row for each of several."""
        pairs = [(matches(run, hashes), owners) for run, owners in self._runs]
        rows = [np.zeros(0, np.int64), *(rows for (rows, _), _ in pairs)]
        batches = [np.zeros(0, np.int32), *(owners[places] for (_, places), owners in pairs)]
        return np.concatenate(rows), np.concatenate(batches)


@dataclass(slots=True)
class _Block:
    """Labels by their hashes. `joined` says which of them belong to a batch that is known."""

    read_ms: int
    hashes: Hashes
    joined: NDArray[np.bool_]
    stored: pa.Buffer
    waiting: int

    def take(self, rows: Rows) -> pa.Table:
        return pa.ipc.open_stream(self.stored).read_all().take(pa.array(rows))


@dataclass(slots=True)
class RecentLabelsState:
    """Labels that wait for batches that are not published yet; those too that belong to some batch already, for others
    may want the same event. In memory there are 9 bytes a label; what else there is to a label is where `keep` puts it.
    """

    keep: Callable[[bytes], pa.Buffer]
    first_offset: int
    _blocks: list[_Block] = field(default_factory=list)
    _open: list[tuple[pa.Table, NDArray[np.bool_]]] = field(default_factory=list)
    _open_since_ms: int = 0

    @property
    def waiting(self) -> int:
        """Labels that belong to no batch that is known."""
        open_ = sum(int(np.count_nonzero(~joined)) for _, joined in self._open)
        return open_ + sum(block.waiting for block in self._blocks)

    def add(self, labels: pa.Table, joined: NDArray[np.bool_], at_ms: int) -> None:
        """Take in labels (`decode.LABELS`), and which of them belong to a batch."""
        if not self._open:
            self._open_since_ms = at_ms
        self._open.append((labels, joined))
        if sum(len(joined) for _, joined in self._open) >= _BLOCK_LABELS:
            self._blocks.append(self._sealed(self.keep))
            self._open = []

    def match(self, hashes: Hashes) -> tuple[pa.Table | None, int]:
        """The labels of a batch's rows (None where there is none), and how many of them belonged to no batch before."""
        found: list[pa.Table] = []
        fresh = 0
        for block in self._all():
            rows = np.unique(matches(block.hashes, hashes)[1])
            if len(rows):
                found.append(block.take(rows))
                before = block.waiting
                block.joined[rows] = True
                block.waiting = int(np.count_nonzero(~block.joined))
                fresh += before - block.waiting
        return (pa.concat_tables(found) if found else None), fresh

    def drop(self, before_ms: int, now_ms: int, first_offset: int) -> int:
        """Forget what was read before a time; how many of these labels never belonged to a batch.

        What was read at a time 0, which nobody knew, counts as read now. `first_offset` is where the log goes on where
        nothing is left.
        """
        for block in self._blocks:
            block.read_ms = block.read_ms or now_ms
        gone = [block for block in self._blocks if block.read_ms < before_ms]
        if gone:
            self._blocks = self._blocks[len(gone) :]
            self.first_offset = self._first(first_offset)
        return sum(block.waiting for block in gone)

    def _first(self, otherwise: int) -> int:
        tables = [block.take(np.arange(len(block.hashes))) for block in self._blocks[:1]]
        tables += [table for table, _ in self._open[:1]]
        return min((int(pa.compute.min(table["offset"]).as_py()) for table in tables if len(table)), default=otherwise)

    def _all(self) -> Iterator[_Block]:
        yield from self._blocks
        if self._open:
            sealed = self._sealed(pa.py_buffer)
            yield sealed
            table = sealed.take(np.arange(len(sealed.hashes)))
            self._open = [(table, sealed.joined)]

    def _sealed(self, keep: Callable[[bytes], pa.Buffer]) -> _Block:
        table = pa.concat_tables([labels for labels, _ in self._open]).combine_chunks()
        joined = np.concatenate([joined for _, joined in self._open])
        hashes = hashed(table["id"].combine_chunks())
        order = np.argsort(hashes, kind="stable")
        stored = keep(_stream(table.take(pa.array(order))))
        return _Block(self._open_since_ms, hashes[order], joined[order], stored, int(np.count_nonzero(~joined)))


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue())
