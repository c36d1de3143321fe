"""Which events of messages are refused, and what becomes of the others: a bad event costs itself.

A message has one dead letter at most. Where only some of its events are refused, the dead letter holds those alone, so
that replaying it does not double their neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import pyarrow as pa

from streams.core.events.arrays import Mask
from streams.core.events.assemble import Group
from streams.core.events.lookalikes import lookalike
from streams.core.events.payloads import Payloads
from streams.core.events.rejects import (
    AheadOfClockError,
    MalformedError,
    Reject,
    UnsupportedEncodingError,
    exception_name,
    refused,
    reject,
)
from streams.core.events.schema_source import SchemaUnknownError
from streams.core.events.table import Read

_UNREADABLE: Final = frozenset(map(exception_name, (MalformedError, SchemaUnknownError, UnsupportedEncodingError)))
_REASONS: Final = 3
_RANGES: Final = 20


def sorted_out(payloads: Payloads, read: Read, max_bytes: int) -> tuple[Group, list[Reject]]:
    """The good events of each message, and why others are refused, one for each message.

    A message is refused whole where none of its events is good, where they are ahead of the reader's clock, and where
    those refused are more than `max_bytes` once they are a message again.
    """
    bad = {**read.bad, **payloads.unread}
    if not bad:
        return Group(payloads, read.table), []
    by_message = groupby(sorted(bad), key=lambda row: int(payloads.messages[row]))
    counts = np.bincount(payloads.messages)
    rejects = [_reject(payloads, list(rows), bad, int(counts[message]), max_bytes) for message, rows in by_message]
    kept: Mask = np.zeros(len(payloads), np.bool_)
    kept[read.kept] = True
    kept[list(bad)] = False
    kept &= ~np.isin(payloads.messages, [each.message for each in rejects if each.remains is None])
    return Group(payloads.where(kept), read.table.filter(pa.array(kept[read.kept]))), rejects


def named(refused: Reject, values: pa.BinaryArray) -> Reject:
    """The same, with a truer reason where the value of a message is known to be something else."""
    if refused.exception_class not in _UNREADABLE or refused.remains is not None:
        return refused
    found = lookalike(values[refused.message].as_py())
    return reject(refused.message, MalformedError(f"value: it is {found}")) if found else refused


def _reject(
    payloads: Payloads, rows: Sequence[int], bad: Mapping[int, Exception], count: int, max_bytes: int
) -> Reject:
    """State why `rows`, all that are refused of a message of `count` events, are."""
    message = int(payloads.messages[rows[0]])
    first = next((bad[row] for row in rows if isinstance(bad[row], AheadOfClockError)), bad[rows[0]])
    if not payloads.many[rows[0]] or payloads.joined is None or isinstance(first, AheadOfClockError):
        return reject(message, first)
    reason = _reason([int(payloads.indexes[row]) for row in rows], [bad[row] for row in rows[:_REASONS]], count)
    if len(rows) == count:
        return refused(message, first, reason)
    remains = payloads.joined(payloads, rows)
    return refused(message, first, reason, remains=remains if len(remains.value) <= max_bytes else None)


def _reason(indexes: Sequence[int], errors: Sequence[Exception], count: int) -> str:
    told = "; ".join(f"event {index}: {error}" for index, error in zip(indexes, errors, strict=False))
    return told if len(indexes) == count == 1 else f"of {count} events {_listed(indexes)} refused: {told}"


def _listed(indexes: Sequence[int]) -> str:
    """Ascending numbers in words: 3 is; 1, 4 to 9 are."""
    runs = [[index for _, index in run] for _, run in groupby(enumerate(indexes), key=lambda each: each[1] - each[0])]
    texts = [f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs[:_RANGES]]
    more = f" and {sum(map(len, runs[_RANGES:]))} more" if len(runs) > _RANGES else ""
    return f"{', '.join(texts)}{more} {'is' if len(indexes) == 1 else 'are'}"
