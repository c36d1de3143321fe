"""What came of a test."""

from enum import StrEnum
from typing import Any

import msgspec


class Status(StrEnum):
    """How a test ended: ``error`` where there was no value to test, or nothing to hold it against.

    ``undecided`` where it is too early to say: labels or rows are still to come. It neither passed nor failed.
    """

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    ERROR = "error"
    UNDECIDED = "undecided"

    @property
    def is_wrong(self) -> bool:
        """Whether somebody should look: a test that could not be held against anything has not passed."""
        return self in (Status.FAIL, Status.ERROR)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One test of one entry. ``expected`` is the bound as a value, ``tolerance`` its half width in the value's unit.

    ``of_reference`` says that the bound is the reference's value, ``is_default`` that nobody asked for the test.
    """

    metric: str
    column: str | None = None
    field: str
    condition: str
    expected: Any = None
    tolerance: float | None = None
    of_reference: bool = False
    value: Any = None
    status: Status
    reason: str | None = None
    is_default: bool = False
