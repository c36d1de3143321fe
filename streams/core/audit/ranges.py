"""Stretches of a source partition that accounts name, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from streams.core.windows.account import SourceRange

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Non-empty stretches `first` to `next` (excluded) in ascending order, and what their accounts say of them.

    `accounts` has the number of the account that each is from.
    """

    first: Column
    next: Column
    accounts: Column
    events: Column
    collected: Column
    dead: Column

    def __len__(self) -> int:
        """Count stretches."""
        return len(self.first)

    def within(self, bounds: tuple[int, int]) -> Ranges:
        """Those that lie wholly between two offsets."""
        inside = (self.first >= bounds[0]) & (self.next <= bounds[1])
        return Ranges(*(getattr(self, field.name)[inside] for field in fields(self)))

    def count(self, offsets: Column) -> Column:
        """How many of these offsets lie in each stretch."""
        if not len(self):
            return np.zeros(0, np.int64)
        number = np.searchsorted(self.first, offsets, side="right") - 1
        inside = (number >= 0) & (offsets < self.next[number])
        return np.bincount(number[inside], minlength=len(self)).astype(np.int64)


def ranges_of(entries: Sequence[tuple[int, SourceRange]]) -> Ranges:
    """Columns of stretches, each with its account's number; empty ones are left out."""
    rows = sorted((r.first, r.next, number, r.events, r.collected, r.dead) for number, r in entries if r.next > r.first)
    columns = np.array(rows, np.int64).reshape(-1, 6).T
    return Ranges(*columns)
