"""What goes wrong in a simulated run, and when: all of it from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class FaultRates:
    """How likely each fault is at any one input or output (`restless`: how likely others go on in between)."""

    crash: float = 0.0
    freeze: float = 0.0
    store: float = 0.0
    broker: float = 0.0
    restless: float = 0.1
    disturbances: int = 0
    until_s: float = 0.0


NO_FAULTS = FaultRates()


def drawn(chance: Random) -> FaultRates:
    """The rates of one run. Some runs have crashes alone, some have everything."""
    return FaultRates(
        crash=chance.choice((0.005, 0.02, 0.05)),
        freeze=chance.choice((0, 0, 0.005, 0.02)),
        store=chance.choice((0, 0, 0.05, 0.3)),
        broker=chance.choice((0, 0, 0.02, 0.1)),
        restless=chance.choice((0.05, 0.2, 0.5)),
        disturbances=chance.choice((0, 0, 2, 6)),
        until_s=chance.choice((10.0, 20.0, 30.0)),
    )


@dataclass(slots=True)
class FaultsState:
    """Tells at each input and output what happens there."""

    rates: FaultRates
    chance: Random
    crashes: int = 0
    limit: int = 12

    def crashes_now(self, now_s: float) -> bool:
        """Whether the process dies here."""
        now = now_s < self.rates.until_s and self.crashes < self.limit and self.chance.random() < self.rates.crash
        self.crashes += now
        return now

    def freeze_s(self, now_s: float) -> float:
        """How long the process stands still here: longer than its session, or than a transaction, may last."""
        if now_s < self.rates.until_s and self.chance.random() < self.rates.freeze:
            return self.chance.choice((1.0, 8.0, 14.0, 25.0))
        return 0.0

    def store_refuses(self, now_s: float) -> bool:
        """Whether the object store is away."""
        return now_s < self.rates.until_s and self.chance.random() < self.rates.store

    def broker_stutters(self, now_s: float) -> bool:
        """Whether the answer of the broker is lost, so that the client has to ask again."""
        return now_s < self.rates.until_s and self.chance.random() < self.rates.broker

    def others_go_on(self) -> bool:
        """Whether somebody else gets a turn here."""
        return self.chance.random() < self.rates.restless
