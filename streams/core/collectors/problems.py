"""What is wrong with a collector file: where, what was written, why it is wrong and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `line` and `column` count from 1 and are None where unknown; `value` is as written, None where
    not to be shown.
    """

    file: str
    line: int | None
    column: int | None
    path: Path
    value: str | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Write it on one line, as compilers do, so that editors jump to it."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        what = path_text(self.path) + ("" if self.value is None else f" = {self.value}")
        text = ": ".join(part for part in (place, what, self.message) if part)
        return f"{text}; {self.remedy}" if self.remedy else text


class CollectorsInvalidError(ValueError):
    """A collector file that cannot be used. `problems` has all that is wrong with it, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: (one.line or 0, one.column or 0)))
        super().__init__("\n".join(str(one) for one in self.problems))


def path_text(path: Path) -> str:
    """Write a path as `collectors[0].trigger.rows`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
