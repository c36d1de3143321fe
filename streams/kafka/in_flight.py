"""How many bytes were polled and are not yet dealt with: the brake on the pump."""

from __future__ import annotations

import threading


class InFlightBytesState:
    """A counter that one thread raises, another lowers, and the pump waits on.

    Invariant: the count is never negative.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._bytes = 0
        self._changed = threading.Condition()

    @property
    def bytes(self) -> int:
        """Bytes in flight now."""
        with self._changed:
            return self._bytes

    def add(self, size_bytes: int) -> None:
        """Count bytes that were polled."""
        with self._changed:
            self._bytes += size_bytes

    def release(self, size_bytes: int) -> None:
        """Count bytes that were dealt with."""
        with self._changed:
            if size_bytes > self._bytes:
                raise ValueError(f"released {size_bytes} bytes with only {self._bytes} in flight")
            self._bytes -= size_bytes
            self._changed.notify_all()

    def wait_for_room(self, timeout_s: float) -> bool:
        """Block until the count is within the budget, at most `timeout_s`; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._bytes <= self.budget_bytes, timeout_s)
