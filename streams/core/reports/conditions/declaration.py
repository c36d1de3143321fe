"""What a condition says about itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expected:
    """What a value is held against: a number with a tolerance to both sides, a text or truth, or a list of them."""

    bound: Any
    tolerance: float = 0.0

    @property
    def low(self) -> float:
        """The bound less its tolerance."""
        return float(self.bound) - self.tolerance

    @property
    def high(self) -> float:
        """The bound and its tolerance."""
        return float(self.bound) + self.tolerance

    @property
    def listed(self) -> Sequence[Any]:
        """The values of a list."""
        return tuple(self.bound)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition by name. ``holds`` is given the value and what it is held against, of fitting types.

    ``words`` say it before a bound: `at least 0.8`. ``orders`` where it asks for more or less, so that both have to be
    numbers; ``lists`` where the bound is a list.
    """

    name: str
    words: str
    semantics: str
    holds: Callable[[Any, Expected], bool]
    orders: bool = False
    lists: bool = False


def is_number(value: Any) -> bool:
    """Whether a value is a number: true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(value: Any, other: Any) -> bool:
    """Whether two values are equal and of one type: 1 equals 1.0, and neither true nor "1"."""
    if is_number(value) and is_number(other):
        return bool(value == other)
    return type(value) is type(other) and bool(value == other)
