"""The collectors of one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streams.core.collectors.collector import Collector
from streams.core.collectors.problems import Problem


@dataclass(frozen=True, slots=True)
class Collectors:
    """Collectors in the order of their file, each with an id of its own. `warnings` lists what was kept but has no
    effect.
    """

    collectors: tuple[Collector, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two collectors of one id. Errors: ValueError."""
        ids = [one.id for one in self.collectors]
        twice = next((one for one in ids if ids.count(one) > 1), None)
        if twice is not None:
            raise ValueError(f"two collectors have the id {twice!r}; give one of them another")

    def __iter__(self) -> Iterator[Collector]:
        """Go through all, also those that are not enabled."""
        return iter(self.collectors)

    def __len__(self) -> int:
        """Count all, also those that are not enabled."""
        return len(self.collectors)

    @property
    def enabled(self) -> tuple[Collector, ...]:
        """Those that select events."""
        return tuple(one for one in self.collectors if one.enabled)
