"""What can go wrong between a stage and Kafka, by what has to be done about it."""

from __future__ import annotations


class KafkaStageError(Exception):
    """A stage cannot go on: the worker stops and says why."""


class LogTruncatedError(KafkaStageError):
    """The log no longer holds offsets that were still to be read: nothing is skipped in silence (invariant 7)."""


class UnreachableError(Exception):
    """A client reaches no broker any more, and may never again: another one has to take over."""


class TransactionAbortedError(Exception):
    """The transaction came to nothing: what it held has to be read again from the last committed offsets."""


class GivenUpError(Exception):
    """Work on a chunk was given up, for its partitions are to go: whoever gets them reads it again."""
