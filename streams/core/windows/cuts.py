"""Where a plan's windows were cut, and by which account: enough to read waiting rows from the log again."""

from __future__ import annotations

from collections.abc import Iterable

from streams.core.windows.keys import Cut


class CutsBuffer:
    """Cuts in the order they were made, each with the log offset of the account that made it; keys ascend with them."""

    def __init__(self, cuts: Iterable[tuple[int, Cut]]) -> None:
        self._cuts = list(cuts)

    @property
    def last(self) -> Cut | None:
        """The last cut."""
        return self._cuts[-1][1] if self._cuts else None

    def append(self, log_offset: int, cut: Cut) -> None:
        """Enter a cut; of several by one account only the last matters, for no row comes between them."""
        if self._cuts and self._cuts[-1][0] == log_offset:
            self._cuts.pop()
        self._cuts.append((log_offset, cut))

    def in_force(self, log_offset: int) -> Cut | None:
        """The cut that a segment at a log offset met."""
        return next((cut for made, cut in reversed(self._cuts) if made < log_offset), None)

    def forget(self, oldest: int | None) -> None:
        """Drop cuts that no segment from log offset `oldest` on met (None: that no segment still to come
        meets).
        """
        older = len(self._cuts) if oldest is None else sum(made < oldest for made, _ in self._cuts)
        del self._cuts[: max(0, older - 1)]

    def entries(self) -> tuple[tuple[int, Cut], ...]:
        """All cuts that are not forgotten."""
        return tuple(self._cuts)
