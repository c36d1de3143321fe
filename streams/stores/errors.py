"""What can go wrong with a store, by what has to be done about it."""

from __future__ import annotations


class ObjectMissingError(LookupError):
    """There is no such object; asking again does not help."""


class StoreUnavailableError(RuntimeError):
    """The store cannot be reached or refuses; the text names the remedy. Asking again later may help."""
