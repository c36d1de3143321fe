"""A consumer group of the simulated broker, by the classic protocol: everybody lets go, then everybody is assigned."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

SESSION_S = 10.0
REBALANCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Committed:
    """A committed offset, and what stands beside it."""

    offset: int
    metadata: str


@dataclass(slots=True)
class GroupState:
    """Members, their generation, and committed offsets; `pending` counts transactions that are about to commit some."""

    topic: str
    partitions: int
    later: Callable[[float, Callable[[], None]], object]
    generation: int = 0
    members: dict[str, list[int]] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    rebalancing: bool = False
    offsets: dict[int, Committed] = field(default_factory=dict)
    pending: int = 0
    _numbers: count[int] = field(default_factory=count)

    def join(self, member: str | None) -> str:
        """Join, or join again; others have to as well. Returns the member's id."""
        known = member if member in self.members else f"member-{next(self._numbers)}"
        self.members.setdefault(known, [])
        if not self.rebalancing:
            self.rebalance()
        self.joined.add(known)
        self._complete_when_all_joined()
        return known

    def rebalance(self) -> None:
        """Have everybody join again; whoever takes too long is put out."""
        self.rebalancing = True
        self.joined = set()
        generation = self.generation
        self.later(REBALANCE_S, lambda: self._give_up_on_the_slow(generation))

    def leave(self, member: str) -> None:
        """Put a member out: it left, or its session is over."""
        if self.members.pop(member, None) is None:
            return
        self.joined.discard(member)
        if not self.rebalancing:
            self.rebalance()
        self._complete_when_all_joined()

    def refuses(self, metadata: bytes) -> bool:
        """Whether these group metadata are of an assignment that is over (KIP-447); none at all are not checked."""
        generation, member = read_metadata(metadata)
        return generation >= 0 and (generation != self.generation or member not in self.members)

    def _give_up_on_the_slow(self, generation: int) -> None:
        if self.rebalancing and self.generation == generation:
            for member in set(self.members) - self.joined:
                del self.members[member]
            self._complete_when_all_joined()

    def _complete_when_all_joined(self) -> None:
        if not self.rebalancing or self.joined != set(self.members):
            return
        self.rebalancing = False
        self.generation += 1
        names = sorted(self.members)
        for place, name in enumerate(names):
            self.members[name] = list(range(place, self.partitions, len(names)))


def metadata_of(generation: int, member: str) -> bytes:
    """Group metadata in the form of librdkafka, as far as anybody looks at them."""
    return b"CGMDv2:" + generation.to_bytes(4, sys.byteorder, signed=True) + member.encode()


def read_metadata(metadata: bytes) -> tuple[int, str]:
    """Generation and member."""
    return int.from_bytes(metadata[7:11], sys.byteorder, signed=True), metadata[11:].decode()
