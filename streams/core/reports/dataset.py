"""A table of rows to report on, or to compare with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from streams.core.reports.column import Column, Family
from streams.core.reports.mixed import MixedColumn
from streams.core.reports.plain_types import plain_table
from streams.core.reports.quality.concepts import Concepts, read_concepts


@dataclass(frozen=True)
class Dataset:
    """Rows by named columns; ``beside`` holds lists of the same rows that only metrics which ask for them read.

    ``mixed`` has the columns whose values are of several types, by name: none of them is in the table.
    Columns of the table are of plain types (``plain_types``). Keep a reference's ``Dataset`` between reports: its
    columns keep what was computed on them. Raises ValueError where two columns have the same name.
    """

    table: pa.Table
    beside: pa.Table | None = None
    mixed: Mapping[str, MixedColumn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.table.column_names
        twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
        if twice:
            raise ValueError(f"columns {twice} occur more than once: rename all but one of each")
        object.__setattr__(self, "table", plain_table(self.table))

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Columns by name: those of the table, in its order, then mixed ones as what most of their values are."""
        own = {name: Column(name, self.table.column(name)) for name in self.table.column_names}
        mixed = {name: one.read(one.family) for name, one in self.mixed.items() if one.family is not Family.NONE}
        return own | mixed

    def column_like(self, name: str, family: Family) -> Column | None:
        """A column by name, a mixed one as values of that family; None where there is none."""
        mixed = self.mixed.get(name)
        if mixed is None or family in (Family.NONE, mixed.family):
            return self.columns.get(name)
        return mixed.read(family)

    @cached_property
    def concepts(self) -> Concepts | None:
        """What a batch's events say of concepts; None where they say nothing."""
        lists = self.lists("concepts")
        if lists is None or not pa.types.is_list(lists.type) or not pa.types.is_struct(lists.type.value_type):
            return None
        return read_concepts(lists)

    def lists(self, name: str) -> pa.ChunkedArray | None:
        """A column that does not hold single values; None where there is none of this name."""
        for table in (self.beside, self.table):
            if table is not None and name in table.column_names:
                return table.column(name)
        return None

    def where(self, kept: pa.Array) -> "Dataset":
        """The rows where a boolean mask is true."""
        beside = None if self.beside is None else self.beside.filter(kept)
        return Dataset(self.table.filter(kept), beside, {name: one.where(kept) for name, one in self.mixed.items()})
