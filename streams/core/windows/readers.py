"""Who still serves a plan: what tells that a configuration was replaced."""

from __future__ import annotations

from collections.abc import Iterable


class ReadersState:
    """The source partitions whose readers serve a plan, by the last account of each; unknown until one of them does.

    A plan that was served and is served no more is *abandoned*: its rows are complete, for a reader's segments come
    before its accounts.
    """

    def __init__(self, partitions: Iterable[int] | None) -> None:
        self._partitions = None if partitions is None else set(partitions)

    @property
    def abandoned(self) -> bool:
        """Whether every reader that served the plan has stopped to."""
        return self._partitions is not None and not self._partitions

    def entries(self) -> tuple[int, ...] | None:
        """The source partitions, in order; None while they are unknown."""
        return None if self._partitions is None else tuple(sorted(self._partitions))

    def hear(self, partitions: Iterable[int], *, served: bool) -> bool:
        """An account of these partitions names the plan, or does not. Returns whether that is news.

        One of no partition tells nothing about who reads.
        """
        before, partitions = self._partitions, set(partitions)
        if not partitions:
            return False
        if served:
            self._partitions = (before or set()) | partitions
        elif before is not None:
            self._partitions = before - partitions
        return before != self._partitions

    def forget(self) -> None:
        """A segment has come although nobody serves the plan: a reader is about to."""
        if self.abandoned:
            self._partitions = None
