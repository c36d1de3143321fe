"""The collect stage's running account against a model that keeps every message apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streams.core.collection import Collection, Kept, routes
from streams.core.events.messages import RawMessages
from streams.core.events.rejects import Reject
from streams.core.windows.account import Account, decode_account
from streams.core.windows.slots import Maxima
from streams.core.windows.times import NEVER_MS
from streams.kafka.items import Start
from streams.stages.collected_account import AccountState
from tests.core.batches.closed_windows import collector_of

PARTITIONS = 2
ROUTES = routes([collector_of(id="c")], 1)
BUCKETS = (0, 60_000)


@dataclass(frozen=True)
class Read:
    """A message: `kept` says of each of its events whether a collector keeps it; None where it is dead."""

    partition: int
    offset: int
    kept: tuple[bool, ...] | None
    time: int
    bucket: int


MESSAGES = st.lists(
    st.tuples(
        st.integers(0, PARTITIONS - 1),
        st.integers(0, 2),
        st.none() | st.lists(st.booleans(), min_size=1, max_size=3).map(tuple),
        st.integers(0, 9),
        st.sampled_from(BUCKETS),
    ),
    min_size=1,
    max_size=6,
)


class AccountMachine(RuleBasedStateMachine):
    """Chunks, commits and restarts in any order; offsets may skip, as where transactions leave markers."""

    @initialize()
    def begin(self) -> None:
        self.account = AccountState("predictions", ROUTES)
        self.offsets = dict.fromkeys(range(PARTITIONS), 0)
        self.durable: list[Read] = []
        self.open: list[Read] = []
        self.committed = {p: Start(p, 0, "") for p in range(PARTITIONS)}
        self.account.begin(list(self.committed.values()), PARTITIONS)

    @rule(drawn=MESSAGES)
    def read(self, drawn: list[tuple[int, int, tuple[bool, ...] | None, int, int]]) -> None:
        chunk = []
        for partition, skipped, kept, time, bucket in drawn:
            offset = self.offsets[partition] + skipped
            self.offsets[partition] = offset + 1
            chunk.append(Read(partition, offset, kept, time, bucket))
        self.open += chunk
        self._enter(chunk)

    @rule()
    def commit(self) -> None:
        before = {p: start.offset for p, start in self.committed.items()}
        (record,) = self.account.records(0, 7, 9, {1: 5})
        found = decode_account(record)
        for partition, ledger in self.account.partitions.items():
            self.committed[partition] = Start(partition, ledger.next, ledger.metadata())
        self.account.close()
        self._compare(found, before)
        self.durable += self.open
        self.open = []

    @rule()
    def restart(self) -> None:
        self.open = []
        self.offsets = {p: start.offset for p, start in self.committed.items()}
        self.account.begin(list(self.committed.values()), PARTITIONS)

    @invariant()
    def maxima_are_those_of_all_that_was_read_before_and_after_restarts(self) -> None:
        for partition, maxima in self.account.maxima().items():
            times = [read.time for read in self.durable + self.open if read.partition == partition and read.kept]
            assert maxima.event_ms == max(times, default=NEVER_MS)

    def _compare(self, found: Account, before: dict[int, int]) -> None:
        for part in found.ranges:
            mine = [read for read in self.open if read.partition == part.partition]
            events = [(kept, read.time) for read in mine for kept in read.kept or ()]
            assert (part.first, part.next) == (before[part.partition], self.offsets[part.partition])
            assert (part.events, part.collected) == (len(events), sum(kept for kept, _ in events))
            assert part.dead == sum(read.kept is None for read in mine)
            assert (part.at_ms, part.idle_since_ms) == (7, 5 if part.partition == 1 else None)
        dropped = Counter(read.bucket for read in self.open for kept in read.kept or () if not kept)
        told = found.dropped.get(ROUTES[0].plan.config_hash, [])
        assert Counter({bucket: number for bucket, _, number in told}) == dropped

    def _enter(self, chunk: list[Read]) -> None:
        partitions = np.array([read.partition for read in chunk], np.int32)
        offsets = np.array([read.offset for read in chunk], np.int64)
        raw = RawMessages("predictions", [b""] * len(chunk), partitions, offsets, offsets, [None] * len(chunk))
        events = [(read, kept) for read in chunk for kept in read.kept or ()]
        collected = np.array([kept for _, kept in events], np.bool_)
        drops = Counter((read.bucket, "sampled", 1) for read, kept in events if not kept)
        counts = [(bucket, reason, number) for (bucket, reason, _), number in sorted(drops.items())]
        kept = Kept(ROUTES[0], (), int(collected.sum()), 0, counts)
        rejects = [Reject(n, "VALUE_CONVERTER", "E", "bad") for n, read in enumerate(chunk) if read.kept is None]
        collection = Collection([kept], collected, self._maxima(chunk))
        self.account.add(raw, np.array([read.partition for read, _ in events], np.int32), collection, rejects)

    def _maxima(self, chunk: list[Read]) -> dict[int, Maxima]:
        after = dict[int, Maxima]()
        for read in chunk:
            if read.kept:
                before = after.get(read.partition) or self.account.maxima()[read.partition]
                after[read.partition] = Maxima(max(before.event_ms, read.time), before.ingest_ms)
        return after


TestAccount = AccountMachine.TestCase
TestAccount.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)
