"""What can go wrong with an outlet, by what has to be done about it."""

from __future__ import annotations


class OutletUnavailableError(RuntimeError):
    """Nobody answers, or a server fails; asking again later may help."""


class OutletRefusedError(RuntimeError):
    """The other side answers, and will not take it; the text names the remedy. Asking again does not help."""
