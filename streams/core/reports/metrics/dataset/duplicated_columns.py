"""Columns that occur more than once."""

from collections.abc import Hashable, Sequence
from typing import Any

import pyarrow as pa

from streams.core.reports.column import Column, Family
from streams.core.reports.metrics.dataset.duplicated_rows import plain
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, of_tables


def duplicated_columns(scope: ReportScope, _: Parameters) -> Measured:
    """Pairs of columns of one type that are equal in every row."""
    return of_tables(scope, _measure)


def _measure(side: TableSide) -> dict[str, Any]:
    alike: dict[Hashable, list[Column]] = {}
    for column in side.single:
        alike.setdefault(_looks(column), []).append(column)
    return {"count": sum(_equal_pairs(columns) for columns in alike.values() if len(columns) > 1)}


def _looks(column: Column) -> Hashable:
    """What equal columns have in common, told from values that are sorted or counted anyway."""
    if column.family is Family.STRING:
        keys = column.counts.keys
        ends = tuple(keys.take([0, len(keys) - 1]).to_pylist()) if len(keys) else ()
    else:
        numbers = column.ascending
        ends = tuple(numbers[[0, len(numbers) // 2, -1]].tolist()) if len(numbers) else ()
    return str(column.values.type), column.missing, column.unreadable, ends


def _equal_pairs(columns: Sequence[Column]) -> int:
    """Pairs among columns that look alike: each is compared with one of every kind found so far."""
    kinds: list[tuple[pa.ChunkedArray, int]] = []
    for values in map(plain, columns):
        place = next((place for place, (known, _) in enumerate(kinds) if values.equals(known)), None)
        if place is None:
            kinds.append((values, 1))
        else:
            kinds[place] = (values, kinds[place][1] + 1)
    return sum(times * (times - 1) // 2 for _, times in kinds)


DUPLICATED_COLUMNS = DatasetMetric(
    name="duplicated_columns",
    semantics="Pairs of columns of one type that are equal in every row, missing values included.",
    parameters=Parameters,
    compute=duplicated_columns,
    main="count",
)
