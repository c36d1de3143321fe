"""What the pipeline has to come to, computed a second time: plain Python over all events at once, without streams.

The rules are those that the documentation gives to users; nothing here knows of chunks, segments or workers.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pandas as pd

MINUTE_MS = 60_000
_WORD = 2**64 - 1


class Event(NamedTuple):
    """An event, and the place in its topic that the test gave it."""

    partition: int
    offset: int
    id: str
    time_ms: int
    model: str
    probability: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a collector asks for."""

    id: str
    model: str | None = None
    maximum_probability_below: float | None = None
    keep_fraction: float | None = None
    interval_ms: int | None = None
    rows: int | None = None
    lateness_ms: int = MINUTE_MS
    reference: str | None = None

    def declaration(self) -> dict[str, object]:
        """The same in a collectors file."""
        operators: list[dict[str, object]] = []
        if self.maximum_probability_below is not None:
            operators.append({"type": "maximum_probability_below", "threshold": self.maximum_probability_below})
        if self.keep_fraction is not None:
            operators.append({"type": "random_sample", "keep_fraction": self.keep_fraction})
        source = {"source": {"model_id": self.model}} if self.model else {}
        reference = {"reference": self.reference} if self.reference else {}
        lateness = {"allowed_lateness": f"{self.lateness_ms // 1000}s"}
        return {"id": self.id, **source, "operators": operators, "trigger": self._trigger(), **lateness, **reference}

    def _trigger(self) -> dict[str, object]:
        kinds = {(True, False): "interval", (False, True): "rows", (True, True): "rows_or_interval"}
        interval = {} if self.interval_ms is None else {"interval": f"{self.interval_ms // 1000}s"}
        rows = {} if self.rows is None else {"rows": self.rows}
        return {"type": kinds[self.interval_ms is not None, self.rows is not None], **interval, **rows}


class Window(NamedTuple):
    """A closed window: ids of its rows in order, of the late ones beside them, and why others were dropped."""

    ids: tuple[str, ...]
    late: tuple[str, ...]
    dropped: dict[str, int]


class _Row(NamedTuple):
    slot_ms: int
    partition: int
    offset: int
    late: bool
    id: str


def collectors_file(asked: Sequence[Asked]) -> str:
    """The collectors file (JSON is YAML)."""
    return json.dumps({"collectors": [each.declaration() for each in asked]})


def expected_windows(events: Sequence[Event], asked: Asked) -> list[Window]:
    """Every window that has to close once all partitions are idle, in order. `events` are in order of the log."""
    reasons = _reasons(events, asked)
    rows: list[_Row] = []
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row, reason in zip(_placed(events, asked), reasons, strict=True):
        if reason is None:
            rows.append(row)
        else:
            counts[_bucket(row.slot_ms, asked)][reason] += 1
    rows.sort()
    return list(_cut(rows, counts, asked))


def expected_reasons(events: Sequence[Event], asked: Asked) -> Counter[str | None]:
    """How many events are dropped for which reason; None counts those that are kept."""
    return Counter(_reasons(events, asked))


def hash_of(ids: Sequence[str]) -> list[int]:
    """The 64-bit hash of an id, as documented: pandas.util.hash_array."""
    return [int(each) for each in pd.util.hash_array(np.array(ids, dtype=object), categorize=False)]


def _reasons(events: Sequence[Event], asked: Asked) -> list[str | None]:
    """Why an event is dropped; None where it is kept."""
    sampled = _sampled(events, asked)
    return [_reason(event, asked, keep) for event, keep in zip(events, sampled, strict=True)]


def _reason(event: Event, asked: Asked, keep: bool) -> str | None:
    if asked.model is not None and event.model != asked.model:
        return "source"
    limit = asked.maximum_probability_below
    if limit is not None and not event.probability < limit:
        return "maximum_probability_below"
    return None if keep else "random_sample"


def _sampled(events: Sequence[Event], asked: Asked) -> list[bool]:
    if asked.keep_fraction is None:
        return [True] * len(events)
    position = int(asked.maximum_probability_below is not None)
    salt = _salt(f"{_salt(asked.id)}/{position}")
    limit = int(asked.keep_fraction * 2.0**64)
    return [_splitmix64(each, salt) < limit for each in hash_of([event.id for event in events])]


def _salt(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def _splitmix64(number: int, salt: int) -> int:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    z = number ^ salt
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _WORD
    return z ^ (z >> 31)


def _placed(events: Sequence[Event], asked: Asked) -> Iterator[_Row]:
    """Each event's slot: its time, or where its partition's watermark stood if it came after its window closed."""
    newest: dict[int, int] = {}
    for event in events:
        watermark = newest.get(event.partition, -(10**15)) - asked.lateness_ms
        closed = watermark if asked.rows is not None else _start(watermark, asked)
        late = event.time_ms < closed
        yield _Row(watermark if late else event.time_ms, event.partition, event.offset, late, event.id)
        newest[event.partition] = max(newest.get(event.partition, event.time_ms), event.time_ms)


def _start(time_ms: int, asked: Asked) -> int:
    assert asked.interval_ms is not None
    return time_ms // asked.interval_ms * asked.interval_ms


def _bucket(slot_ms: int, asked: Asked) -> int:
    """Drops are counted by window; where rows close windows, by the minute."""
    if asked.rows is None:
        return _start(slot_ms, asked)
    minute = slot_ms // MINUTE_MS * MINUTE_MS
    return minute if asked.interval_ms is None else max(minute, _start(slot_ms, asked))


def _bucket_end(start_ms: int, asked: Asked) -> int:
    if asked.rows is None:
        assert asked.interval_ms is not None
        return start_ms + asked.interval_ms
    minute = start_ms // MINUTE_MS * MINUTE_MS + MINUTE_MS
    return minute if asked.interval_ms is None else min(minute, _start(start_ms, asked) + asked.interval_ms)


def _cut(rows: list[_Row], counts: dict[int, Counter[str]], asked: Asked) -> Iterator[Window]:
    begin = 0
    while begin < len(rows) or counts:
        end, to_ms = _end(rows, begin, min(counts, default=None), asked)
        if end is None:
            return
        released: Counter[str] = Counter()
        for start_ms in [start_ms for start_ms in counts if _bucket_end(start_ms, asked) <= to_ms]:
            released.update(counts.pop(start_ms))
        window = rows[begin:end]
        in_time, late = (tuple(row.id for row in window if row.late is late) for late in (False, True))
        yield Window(in_time, late, dict(released))
        begin = end


def _end(rows: list[_Row], begin: int, counts_from_ms: int | None, asked: Asked) -> tuple[int | None, int]:
    """Which row is the first after the window that begins with row `begin`, and where the window ends in time."""
    times = [] if begin == len(rows) else [rows[begin].slot_ms]
    first_ms = min(times if counts_from_ms is None else [*times, counts_from_ms])
    end_ms = None if asked.interval_ms is None else _start(first_ms, asked) + asked.interval_ms
    taken = 0
    for place in range(begin, len(rows)):
        if end_ms is not None and rows[place].slot_ms >= end_ms:
            return place, end_ms
        taken += not rows[place].late
        if taken == asked.rows:
            return place + 1, rows[place].slot_ms
    return (None, 0) if end_ms is None else (len(rows), end_ms)
