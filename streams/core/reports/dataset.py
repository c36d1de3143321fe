"""A table of rows to report on, or to compare with."""

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from streams.core.reports.column import Column
from streams.core.reports.plain_types import plain_table
from streams.core.reports.quality.concepts import Concepts, read_concepts


@dataclass(frozen=True)
class Dataset:
    """Rows by named columns; ``beside`` holds lists of the same rows that only metrics which ask for them read.

    Columns of the table are of plain types (``plain_types``). Keep a reference's ``Dataset`` between reports: its
    columns keep what was computed on them. Raises ValueError where two columns have the same name.
    """

    table: pa.Table
    beside: pa.Table | None = None

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
        """Columns by name, in the order of the table."""
        return {name: Column(name, self.table.column(name)) for name in self.table.column_names}

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
        return Dataset(self.table.filter(kept), None if self.beside is None else self.beside.filter(kept))
