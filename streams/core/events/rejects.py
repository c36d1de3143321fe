"""Why a message became a dead letter. Stage names are Kafka Connect's (KIP-298, `__connect.errors.stage`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal["VALUE_CONVERTER", "HEADER_CONVERTER", "TRANSFORMATION", "TASK_PUT"]

LONGEST_REASON = 1_000
_START = 700


class RejectedError(ValueError):
    """A message that cannot be taken in; the text names the field, the value and the remedy."""


class MalformedError(RejectedError):
    """The bytes are not what their encoding says."""


class InvalidEventError(RejectedError):
    """The bytes decode, yet are not a prediction event."""


class TooLargeError(RejectedError):
    """A limit is passed."""


class AheadOfClockError(RejectedError):
    """A record is from a future that had not come when it was read. The dead letter is what keeps this decision."""


class UnsupportedEncodingError(RejectedError):
    """Headers announce an encoding or an event type that nobody reads here."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left of a message of many events for its dead letter: those that are refused, as a message again."""

    value: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A message that is refused. `message` is its row in the chunk's `RawMessages`; `remains` is the part of it that
    is refused, None where nothing of it is taken.
    """

    message: int
    stage: Stage
    exception_class: str
    reason: str
    remains: Remains | None = None


def reject(message: int, error: Exception, stage: Stage = "VALUE_CONVERTER") -> Reject:
    """State that `error` refused the whole message."""
    return refused(message, error, str(error), stage)


def refused(
    message: int, error: Exception, reason: str, stage: Stage = "VALUE_CONVERTER", remains: Remains | None = None
) -> Reject:
    """State that an error refused a message, in at most `LONGEST_REASON` characters: the start and the end."""
    if len(reason) > LONGEST_REASON:  # it goes into a header, and the dead letter has to fit into a message
        reason = f"{reason[:_START]} ... {reason[_START - LONGEST_REASON + 5 :]}"
    return Reject(message, stage, exception_name(type(error)), reason, remains)


def exception_name(kind: type[Exception]) -> str:
    """How dead letters call a kind of error."""
    return f"{kind.__module__}.{kind.__qualname__}"
