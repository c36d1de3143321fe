"""Failures as values: one column or metric that fails costs only itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something could not be computed."""

    reason: str


def known(found: T | Failure) -> T:
    """What was computed. Raises ValueError with the reason of a failure."""
    if isinstance(found, Failure):
        raise ValueError(found.reason)  # noqa: TRY004 - the type says that it failed, the reason why
    return found


def attempt(compute: Callable[[], T]) -> T | Failure:
    """What ``compute`` returns, or the failure that it raised. Memory and interrupts are not caught."""
    try:
        return compute()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - any library may raise anything on odd data; the reason is reported
        return Failure(f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else str(error))
