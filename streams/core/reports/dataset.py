"""A table of rows to report on, or to compare with."""

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from streams.core.reports.column import Column


@dataclass(frozen=True)
class Dataset:
    """Rows by named columns.

    Keep a reference's ``Dataset`` between reports: its columns keep what was computed on them.
    Raises ValueError where two columns have the same name.
    """

    table: pa.Table

    def __post_init__(self) -> None:
        names = self.table.column_names
        twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
        if twice:
            raise ValueError(f"columns {twice} occur more than once: rename all but one of each")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Columns by name, in the order of the table."""
        return {name: Column(name, self.table.column(name)) for name in self.table.column_names}
