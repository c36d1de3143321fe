"""Which columns a report looks at, and as what kind."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.dataset import Dataset
from streams.core.reports.kinds import Kind, infer_kind

Pattern = Annotated[str, Field(min_length=1)]


class ColumnSelection(BaseModel):
    """Columns by name or shell-style pattern (``*``, ``?``, ``[abc]``); ``exclude`` wins over ``include``.

    ``kinds`` overrides what a column's type and values suggest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    include: tuple[Pattern, ...] = ("*",)
    exclude: tuple[Pattern, ...] = ()
    kinds: Mapping[str, Kind] = {}

    def has(self, name: str) -> bool:
        """Whether a column of this name is chosen."""
        return _any_matches(self.include, name) and not _any_matches(self.exclude, name)


def select_columns(
    current: Dataset, reference: Dataset | None, selection: ColumnSelection
) -> tuple[tuple[ReportColumn, ...], dict[str, Kind]]:
    """The chosen columns in the batch's order, and those that only the reference has, with their kinds.

    The reference decides a column's kind where it can, so that a small batch does not change it.
    """
    references = {} if reference is None else reference.columns
    chosen = tuple(
        ReportColumn(name, _kind(name, column, references.get(name), selection), column, references.get(name))
        for name, column in current.columns.items()
        if selection.has(name)
    )
    absent = {
        name: selection.kinds.get(name) or infer_kind(column)
        for name, column in references.items()
        if selection.has(name) and name not in current.columns
    }
    return chosen, absent


def _kind(name: str, current: Column, reference: Column | None, selection: ColumnSelection) -> Kind:
    if name in selection.kinds:
        return selection.kinds[name]
    suggested = Kind.OTHER if reference is None else infer_kind(reference)
    return infer_kind(current) if suggested is Kind.OTHER else suggested


def _any_matches(patterns: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
