"""Exit codes, and which errors lead to which."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told."""

    OK = 0
    FAILED = 1
    USAGE = 2
    PROBLEMS = 3


class CommandError(Exception):
    """A command that cannot go on; the text names the remedy."""

    def __init__(self, text: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(text)
        self.code = code


def exit_code(error: Exception) -> Exit | None:
    """The code for an error that is told in one line; None for one that is a bug and shows its traceback."""
    if isinstance(error, CommandError):
        return error.code
    if type(error).__name__ in _USAGE_ERRORS:
        return Exit.USAGE
    return Exit.FAILED if type(error).__name__ in _FAILURES else None


# By name: their modules are slow to import, and are imported already where one of them was raised.
_USAGE_ERRORS = frozenset(
    {"PortTakenError", "SettingsError", "UnsafePropertyError", "CollectorsFileError", "CollectorsInvalidError"}
)
_FAILURES = frozenset(
    {
        "ClusterError",
        "EngineUnusableError",
        "LogTruncatedError",
        "SchemaUnavailableError",
        "SourceGapError",
        "SourceOverlapError",
        "StretchLostError",
        "TransactionAbortedError",
        "KafkaStageError",
        "LocalBrokerError",
        "ObjectMissingError",
        "ReferenceUnusableError",
        "SnapshotFormatError",
        "StoreUnavailableError",
    }
)
