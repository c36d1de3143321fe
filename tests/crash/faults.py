"""What is done to a running pipeline: drawn from a seed, so that a campaign can be repeated."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from random import Random


class Kind(StrEnum):
    """A sort of fault; the text is what the table calls it."""

    KILL = "worker killed (SIGKILL)"
    PAUSE = "worker paused (SIGSTOP), back before anybody noticed"
    TIMEOUT = "worker paused beyond its transaction's time-out"
    ABSENCE = "worker paused until its group went on without it"
    LEAVE = "worker left on SIGTERM, another joined"
    STORM = "rebalance storm: members that join and leave at once"
    FENCE = "producer fenced by another of its name"
    CLOCK = "clock of a worker jumped by up to an hour, there and back"
    STORE_SLOW = "object store slow"
    STORE_DOWN = "object store away: connections cut and refused"
    DISK_FULL = "disk of the object store full"
    BROKER_PAUSE = "broker paused (SIGSTOP)"
    BROKER_RESTART = "broker restarted in order"
    BROKER_KILL = "broker killed (SIGKILL)"


WEIGHTS: Mapping[Kind, int] = {
    Kind.KILL: 60,
    Kind.PAUSE: 5,
    Kind.TIMEOUT: 3,
    Kind.ABSENCE: 3,
    Kind.LEAVE: 3,
    Kind.STORM: 4,
    Kind.FENCE: 5,
    Kind.CLOCK: 5,
    Kind.STORE_SLOW: 5,
    Kind.STORE_DOWN: 5,
    Kind.DISK_FULL: 6,
    Kind.BROKER_PAUSE: 3,
    Kind.BROKER_RESTART: 2,
    Kind.BROKER_KILL: 3,
}
"""How often each sort comes, among the others that a round allows for."""

TRANSACTION_TIMEOUT_S = 5.0
SESSION_TIMEOUT_S = 9.0
LENGTHS_S: Mapping[Kind, tuple[float, float]] = {
    Kind.PAUSE: (0.2, 2.0),
    Kind.TIMEOUT: (TRANSACTION_TIMEOUT_S + 0.5, SESSION_TIMEOUT_S - 1),
    Kind.ABSENCE: (SESSION_TIMEOUT_S + 1, SESSION_TIMEOUT_S + 4),
    Kind.STORM: (1.0, 3.0),
    Kind.CLOCK: (2.0, 6.0),
    Kind.STORE_SLOW: (2.0, 6.0),
    Kind.STORE_DOWN: (0.5, 5.0),
    Kind.DISK_FULL: (1.0, 5.0),
    Kind.BROKER_PAUSE: (0.5, 4.0),
    Kind.BROKER_RESTART: (0.0, 0.0),
    Kind.BROKER_KILL: (0.0, 1.0),
}
"""How long a fault lasts, from and to; one that is not named is over at once. Others come meanwhile."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `wait_s` after the one before; `dice` chooses its victim, and `same_name` whether who replaces it
    has its name.
    """

    kind: Kind
    wait_s: float
    length_s: float
    dice: int
    same_name: bool


def drawn(seed: int, number: int, possible: Collection[Kind], every_s: float) -> list[Fault]:
    """So many faults, on average one `every_s`."""
    return list(islice(_endless(Random(seed), sorted(possible), every_s), number))


def one_of_each(seed: int, kinds: Collection[Kind], every_s: float) -> list[Fault]:
    """Each of these kinds once, in the order given."""
    dice = Random(seed)
    return [_fault(dice, kind, every_s) for kind in kinds]


def _endless(dice: Random, kinds: list[Kind], every_s: float) -> Iterator[Fault]:
    weights = [WEIGHTS[kind] for kind in kinds]
    while True:
        yield _fault(dice, dice.choices(kinds, weights)[0], every_s)


def _fault(dice: Random, kind: Kind, every_s: float) -> Fault:
    wait_s, length_s = dice.uniform(0, 2 * every_s), dice.uniform(*LENGTHS_S.get(kind, (0.0, 0.0)))
    return Fault(kind, wait_s, length_s, dice.randrange(1_000_000), dice.random() < 0.5)
