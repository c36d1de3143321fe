"""Which columns a report looks at, and as what kind."""

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from streams.core.reports.column import Column, Family
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.dataset import Dataset
from streams.core.reports.kinds import Kind, infer_kind

Pattern = Annotated[str, Field(min_length=1)]


class ColumnSelection(BaseModel):
    """Columns by name or shell-style pattern (``*``, ``?``, ``[abc]``); ``exclude`` wins over ``include``.

    What is the name of a column means this one alone: ``a[1]`` the column ``a[1]``, and ``a1`` where there is none.
    ``kinds`` overrides what a column's type and values suggest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    include: tuple[Pattern, ...] = ("*",)
    exclude: tuple[Pattern, ...] = ()
    kinds: Mapping[str, Kind] = {}

    def among(self, names: Collection[str]) -> list[str]:
        """Those of these columns that are chosen, in their order."""
        excluded = set(matching(self.exclude, names))
        return [name for name in matching(self.include, names) if name not in excluded]


def matching(patterns: Sequence[str], names: Collection[str]) -> list[str]:
    """Names that are one of the patterns, or match one that is the name of none of them; in their order."""
    known = set(names)
    exact = {pattern for pattern in patterns if pattern in known}
    others = [pattern for pattern in patterns if pattern not in known]
    return [name for name in names if name in exact or any(fnmatchcase(name, pattern) for pattern in others)]


def select_columns(
    current: Dataset, reference: Dataset | None, selection: ColumnSelection
) -> tuple[tuple[ReportColumn, ...], dict[str, Kind]]:
    """The chosen columns in the batch's order, and those that only the reference has, with their kinds.

    The reference decides a column's kind where it can, so that a small batch does not change it.
    """
    references = {} if reference is None else reference.columns
    names = selection.among({**current.columns, **references})
    chosen = tuple(
        ReportColumn(name, _kind(name, column, references.get(name), selection), column, references.get(name))
        for name in names
        if (column := current.column_like(name, _family(name, references.get(name), selection))) is not None
    )
    found = {column.name for column in chosen}
    absent = {name: selection.kinds.get(name) or infer_kind(references[name]) for name in names if name not in found}
    return chosen, absent


def _family(name: str, reference: Column | None, selection: ColumnSelection) -> Family:
    """What a column of several types is to be read as, where that is known: numbers where they are asked for."""
    if selection.kinds.get(name) is Kind.NUMERIC:
        return Family.NUMBER
    return Family.NONE if reference is None else reference.family


def _kind(name: str, current: Column, reference: Column | None, selection: ColumnSelection) -> Kind:
    if name in selection.kinds:
        return selection.kinds[name]
    suggested = Kind.OTHER if reference is None else infer_kind(reference)
    return infer_kind(current) if suggested is Kind.OTHER else suggested
