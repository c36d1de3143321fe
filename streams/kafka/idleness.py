"""Since when nothing more comes from a partition, as far as anybody looked."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class IdlenessState:
    """Since when each partition has been at its end, in epoch milliseconds.

    Told by a steady clock that is set by the time of day at each `begin`: a clock that jumps makes nothing idle, and is
    believed at the next assignment. Silence counts only while somebody listens: after `blind_s` without a look (the
    process was stopped, the machine was asleep) it begins anew, for nobody knows what came meanwhile.
    """

    def __init__(self, steady: Callable[[], float], time_of_day: Callable[[], float], blind_s: float) -> None:
        self._steady = steady
        self._time_of_day = time_of_day
        self._blind_s = blind_s
        self.begin()

    def begin(self) -> None:
        """Nothing is known of any partition."""
        self._since_ms: dict[int, int] = {}
        self._ahead_s = self._time_of_day() - self._steady()
        self._looked_at = self._steady()

    def came(self, partitions: Iterable[int]) -> None:
        """Messages came from these."""
        for partition in partitions:
            self._since_ms.pop(partition, None)

    def ended(self, partitions: Iterable[int]) -> None:
        """The end of these was reached."""
        now_ms = self.now_ms()
        for partition in partitions:
            self._since_ms.setdefault(partition, now_ms)

    def look(self, *, listening: bool) -> tuple[int, dict[int, int]]:
        """The time, and since when each partition that is at its end has been silent."""
        now_ms, now = self.now_ms(), self._steady()
        if not listening or now - self._looked_at > self._blind_s:
            self._since_ms = dict.fromkeys(self._since_ms, now_ms)
        self._looked_at = now
        return now_ms, dict(self._since_ms)

    def now_ms(self) -> int:
        """The time, in epoch milliseconds."""
        return round((self._ahead_s + self._steady()) * 1000)
