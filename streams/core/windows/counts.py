"""Counts of dropped events that wait for their window to close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from streams.core.windows.calendar import Calendar
from streams.core.windows.drops import DropCount, bucket
from streams.core.windows.plan import Trigger


class CountsBuffer:
    """Counts by bucket (see `drops`) and reason. A bucket is released whole, once a cut lies at or behind its end."""

    def __init__(self, trigger: Trigger, calendar: Calendar) -> None:
        self._trigger, self._calendar = trigger, calendar
        self._buckets: dict[int, Counter[str]] = {}
        self._ends: dict[int, int] = {}

    def __len__(self) -> int:
        """Count events."""
        return sum(counter.total() for counter in self._buckets.values())

    @property
    def first(self) -> tuple[int, int] | None:
        """Start and end of the first bucket."""
        start = min(self._buckets, default=None)
        return None if start is None else (start, self._ends[start])

    @property
    def end_ms(self) -> int | None:
        """End of the last bucket."""
        return max(self._ends.values(), default=None)

    def add(self, counts: Iterable[DropCount], from_ms: int) -> None:
        """Add counts; those whose bucket ends at or before `from_ms` are released already and go into the
        bucket of that time.
        """
        for start_ms, reason, number in counts:
            start, end = bucket(start_ms, self._trigger, self._calendar)
            if end <= from_ms:
                start, end = bucket(from_ms, self._trigger, self._calendar)
            self._buckets.setdefault(start, Counter())[reason] += number
            self._ends[start] = end

    def release(self, to_ms: int) -> Counter[str]:
        """Take out the buckets that end at or before `to_ms`, and return what they count by reason."""
        released: Counter[str] = Counter()
        for start in [start for start, end in self._ends.items() if end <= to_ms]:
            released.update(self._buckets.pop(start))
            del self._ends[start]
        return released

    def merge(self, to_ms: int) -> None:
        """Put buckets that end at or before `to_ms` into the first of them: for plans that release all of these
        together.

        Without this, a collector that drops nearly everything would keep a bucket for every minute until it has its
        rows.
        """
        settled = sorted(start for start, end in self._ends.items() if end <= to_ms)
        for start in settled[1:]:
            self._buckets[settled[0]].update(self._buckets.pop(start))
            del self._ends[start]

    def entries(self) -> list[DropCount]:
        """All counts, in ascending order: `add` takes them."""
        return [
            (start, reason, number)
            for start, counter in sorted(self._buckets.items())
            for reason, number in sorted(counter.items())
        ]
