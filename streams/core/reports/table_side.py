"""One side of a report as a whole: rows, and the columns that the report looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.column import Column, Family
from streams.core.reports.kinds import Kind
from streams.core.reports.metrics.declaration import Measured
from streams.core.reports.scope import ReportScope

FAMILIES: Final = (Family.NUMBER, Family.TRUTH, Family.STRING, Family.TIME)


@dataclass(frozen=True)
class TableSide:
    """Columns of the batch, or of the reference, that a report looks at, each with its kind."""

    rows: int
    columns: tuple[tuple[Column, Kind], ...]

    @cached_property
    def single(self) -> tuple[Column, ...]:
        """Columns of single values, empty ones among them: no lists and no structs."""
        return tuple(column for column, _ in self.columns if column.family in FAMILIES or is_empty_type(column))


def is_empty_type(column: Column) -> bool:
    """Whether the type says that there is no value at all."""
    return bool(pa.types.is_null(column.values.type))


def has_no_value(column: Column) -> pa.ChunkedArray:
    """True for each row that is null or NaN; not for unreadable values."""
    missing = pc.is_null(column.values, nan_is_null=True)
    return missing if column.odd is None else pc.and_(missing, pc.is_null(column.odd))


def of_tables(scope: ReportScope, measure: Callable[[TableSide], dict[str, Any]]) -> Measured:
    """The same measure of the batch as a whole and, where there is one, of the reference."""
    current = TableSide(scope.current.rows, tuple((column.current, column.kind) for column in scope.columns))
    if scope.reference is None:
        return Measured(measure(current))
    known = [(column.reference, column.kind) for column in scope.columns]
    both = [(column, kind) for column, kind in known if column is not None]
    absent = [(scope.reference.columns[name], kind) for name, kind in scope.absent.items()]
    return Measured(measure(current), measure(TableSide(scope.reference.rows, (*both, *absent))))
