"""Why the log cannot be trusted: the window stage stops rather than publish a batch that lacks rows."""

from __future__ import annotations


class SourceGapError(ValueError):
    """A stretch of the source is in no account."""


class SourceOverlapError(ValueError):
    """A stretch of the source is in two accounts."""


class SourceTopicChangedError(ValueError):
    """The log holds accounts of two source topics."""


class LogIncompleteError(ValueError):
    """The log no longer holds rows that progress says are waiting there."""


class LogDisorderError(ValueError):
    """Records did not come in ascending order of their offsets."""
