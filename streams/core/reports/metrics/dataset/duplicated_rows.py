"""Rows that occur more than once."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.column import Column
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, has_no_value, of_tables


def duplicated_rows(scope: ReportScope, _: Parameters) -> Measured:
    """Rows that are equal to an earlier one in every column of single values."""
    return of_tables(scope, _measure)


def _measure(side: TableSide) -> dict[str, Any]:
    table = pa.table({str(place): plain(column) for place, column in enumerate(side.single)})
    if not table.num_columns:
        return {"count": 0}
    distinct = table.group_by(table.column_names, use_threads=False).aggregate([]).num_rows
    return {"count": side.rows - int(distinct)}


def plain(column: Column) -> pa.ChunkedArray:
    """Values as they are compared: missing ones all alike, zero without a sign, dictionaries decoded."""
    values = column.values
    if column.odd is not None:
        return pc.coalesce(pc.cast(values, pa.string()), column.odd)
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type):
        values = pc.add(values, pa.scalar(0.0, values.type))
    return pc.if_else(has_no_value(column), pa.scalar(None, values.type), values)


DUPLICATED_ROWS = DatasetMetric(
    name="duplicated_rows",
    semantics="Rows that are equal to an earlier row in all columns.",
    parameters=Parameters,
    compute=duplicated_rows,
    main="count",
)
