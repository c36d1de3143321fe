"""What can go wrong with a store, by what has to be done about it."""

from __future__ import annotations


class ObjectMissingError(LookupError):
    """There is no such object; asking again does not help."""


class StoreUnavailableError(RuntimeError):
    """The store cannot be reached or refuses; the text names the remedy. `away` says that asking again later may help
    without anybody's doing.
    """

    def __init__(self, text: str, *, away: bool = True) -> None:
        super().__init__(text)
        self.away = away
