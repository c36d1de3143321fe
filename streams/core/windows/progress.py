"""What a restart of the window stage needs beside the log: small records in a compacted topic.

They are written in the transaction that publishes the windows closed meanwhile. Rows are not in them: those
that wait are read again, from copies and from the log, from `LogProgress.restart` on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from streams.core.windows.copies import LogCopy
from streams.core.windows.drops import DropCount
from streams.core.windows.keys import Cut
from streams.core.windows.plan import WindowPlan
from streams.core.windows.watermarks import Watermarks


class PlanProgress(msgspec.Struct, frozen=True):
    """One plan as of `LogProgress.next`.

    `sequence` numbers its next window. `heard` has the source partitions whose readers serve the plan; None until one
    does. `oldest` is the log offset of the first segment with a waiting row, `waiting` the number of such rows. `cuts`
    has (log offset of the account that made it, cut), ascending: the one in force at `oldest` and all after it.
    `dropped` counts events that wait for their window.
    """

    plan: WindowPlan
    sequence: int = 0
    heard: tuple[int, ...] | None = None
    oldest: int | None = None
    waiting: int = 0
    cuts: tuple[tuple[int, Cut], ...] = ()
    dropped: tuple[DropCount, ...] = ()


class LogProgress(msgspec.Struct, frozen=True):
    """One partition of the log: read up to `next` (exclusive); a restart reads it again from `restart` on.

    Rows that wait below `border` are in copies; `log_bytes` is how much was read behind it.
    """

    next: int
    restart: int
    watermarks: Watermarks
    border: int = 0
    log_bytes: int = 0


ProgressRecord = tuple[bytes, bytes]
"""Key and value of a record of the compacted topic: the last one of a key counts."""


@dataclass(frozen=True, slots=True)
class Progress:
    """All progress of one partition of the log."""

    log: LogProgress
    plans: Mapping[str, PlanProgress]
    copies: tuple[LogCopy, ...] = ()


_LOG = b"log"
_PLAN = b"plan/"
_COPIES = b"copies"
PART_BYTES: Final = 500_000
_PARTS = b'{"parts":%d}'
_PARTED = re.compile(rb'\{"parts":([0-9]+)\}')


def log_record(progress: LogProgress) -> ProgressRecord:
    """The record of a partition."""
    return _LOG, msgspec.json.encode(progress)


def plan_record(progress: PlanProgress) -> ProgressRecord:
    """The record of a plan."""
    return _PLAN + progress.plan.config_hash.encode(), msgspec.json.encode(progress)


def copies_record(copies: tuple[LogCopy, ...]) -> ProgressRecord:
    """The record of all copies of a partition: a record of its own, for they seldom change."""
    return _COPIES, msgspec.json.encode(copies)


def parted(record: ProgressRecord, most_bytes: int = PART_BYTES) -> list[ProgressRecord]:
    """A record as those that are written: itself, or where it is too long its parts under keys of their own, and under
    its own key how many these are. Parts of longer records that were there before are left behind, and ignored.
    """
    key, value = record
    if len(value) <= most_bytes:
        return [record]
    parts = [value[first : first + most_bytes] for first in range(0, len(value), most_bytes)]
    named = [(_part_key(key, number), part) for number, part in enumerate(parts)]
    return [*named, (key, _PARTS % len(parts))]


def _part_key(key: bytes, number: int) -> bytes:
    return b"part/%d/%b" % (number, key)


def _whole(last: Mapping[bytes, bytes], key: bytes) -> bytes:
    value = last[key]
    found = _PARTED.fullmatch(value)
    return value if found is None else b"".join(last[_part_key(key, number)] for number in range(int(found[1])))


def read_progress(records: Iterable[ProgressRecord]) -> Progress | None:
    """Put the records of one partition together, in the order of their topic; None where there are none.

    ValueError where plans are there and the partition's own record is not.
    """
    last = dict(records)
    if not last:
        return None
    if _LOG not in last:
        raise ValueError(f"progress has no record {_LOG!r} beside {sorted(last)}: the topic is damaged; restore it")
    plans = (msgspec.json.decode(_whole(last, key), type=PlanProgress) for key in last if key.startswith(_PLAN))
    log = msgspec.json.decode(_whole(last, _LOG), type=LogProgress)
    copies = msgspec.json.decode(_whole({_COPIES: b"[]", **last}, _COPIES), type=tuple[LogCopy, ...])
    return Progress(log, {progress.plan.config_hash: progress for progress in plans}, copies)
