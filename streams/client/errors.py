"""What a client can be asked for in vain."""

from __future__ import annotations


class NotFoundError(LookupError):
    """No batch, or several, of an id; the text names the remedy."""
