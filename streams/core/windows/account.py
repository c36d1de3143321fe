"""The account record: what one collect transaction read, said in the log after the segments it is about.

One goes to every `collected` partition with each transaction, and as a heartbeat where nothing was read. It moves
watermarks, carries the counts of dropped events, and proves that no stretch of the source is missing: a source
partition's ranges join.
"""

from __future__ import annotations

from typing import Final

import msgspec

from streams.core.windows.drops import DropCount
from streams.core.windows.plan import WindowPlan


class SourceRange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of one source partition: offsets `first` to `next` (exclusive; equal where nothing was read).

    `events` were decoded, of which `collected` are kept by at least one collector; `dead` messages went to the dead
    letters. `max_event_time_ms` and `max_ingest_time_ms` are the partition's maxima (see `slots.Maxima`) after this
    range, over its whole log; None where it has shown nothing yet. `idle_since_ms` is set while the partition is idle:
    `at_ms` is then the time up to which the writer knows that nothing came (its clock less the grace for idleness).
    `gap` is where the range before this one ended, where offsets from there to `first` are gone from the source for
    good (retention, or an offset reset): the one case in which ranges may not join.
    """

    partition: int
    first: int
    next: int
    at_ms: int
    events: int = 0
    collected: int = 0
    dead: int = 0
    max_event_time_ms: int | None = None
    max_ingest_time_ms: int | None = None
    idle_since_ms: int | None = None
    gap: int | None = None


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """One transaction's account.

    `source_partitions` is how many partitions the source topic has. `ranges` names every partition that the writer
    reads, with or without news. `plans` has every plan the writer serves in this `collected` partition, by
    configuration hash, whether it kept rows or not (a plan that no writer names any more is drained). `dropped` has
    counts by configuration hash. Where these are too many for one record, accounts without ranges have the first of
    them, just before the one that has the ranges, and name no plan but those. `clock_ms` is the writer's clock; None
    in accounts of former versions.
    """

    source_topic: str
    source_partitions: int
    ranges: tuple[SourceRange, ...]
    plans: dict[str, WindowPlan] = {}
    dropped: dict[str, list[DropCount]] = {}
    clock_ms: int | None = None


PART_BYTES: Final = 250_000
_COUNT_BYTES: Final = 48  # of a count beside its reason
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Account)


def encode_account(account: Account) -> bytes:
    """Write an account as JSON."""
    return _ENCODER.encode(account)


def account_records(account: Account, most_bytes: int = PART_BYTES) -> list[bytes]:
    """An account as the records of the log that say it, each with about `most_bytes` of dropped events at most."""
    parts: list[dict[str, list[DropCount]]] = [{}]
    size = 0
    for plan, counts in account.dropped.items():
        plan_bytes = len(msgspec.json.encode(account.plans[plan]))
        for count in counts:
            size += _COUNT_BYTES + len(count[1]) + (0 if plan in parts[-1] else plan_bytes)
            if size > most_bytes and parts[-1]:
                parts.append({})
                size = _COUNT_BYTES + len(count[1]) + plan_bytes
            parts[-1].setdefault(plan, []).append(count)
    *firsts, last = parts
    before = [_first_part(account, part) for part in firsts]
    return [encode_account(each) for each in (*before, msgspec.structs.replace(account, dropped=last))]


def _first_part(account: Account, dropped: dict[str, list[DropCount]]) -> Account:
    plans = {plan: account.plans[plan] for plan in dropped}
    return msgspec.structs.replace(account, ranges=(), plans=plans, dropped=dropped)


def decode_account(value: bytes) -> Account:
    """Read an account. msgspec.DecodeError where it is none."""
    return _DECODER.decode(value)
