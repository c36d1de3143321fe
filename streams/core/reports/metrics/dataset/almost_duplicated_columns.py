"""Columns that hardly differ from another."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Annotated, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from streams.core.reports.column import Column, Family
from streams.core.reports.metrics.dataset.duplicated_rows import plain
from streams.core.reports.metrics.declaration import DatasetMetric, Measured, Parameters
from streams.core.reports.scope import ReportScope
from streams.core.reports.table_side import TableSide, is_empty_type, of_tables

_MARGIN: Final = 1.2
"""How much longer than the rows that may differ a first look is: most pairs differ by then in too many."""


class AlmostDuplicatedParameters(Parameters):
    """``share``: of all rows, from which two columns that agree in them are almost duplicates."""

    share: Annotated[float, Field(ge=0.5, le=1)] = 0.95


def almost_duplicated_columns(scope: ReportScope, parameters: AlmostDuplicatedParameters) -> Measured:
    """Pairs of columns of one type that agree in at least that share of the rows; a missing value equals nothing."""
    return of_tables(scope, lambda side: {"count": _pairs(side, parameters.share)})


def _pairs(side: TableSide, share: float) -> int:
    by_type: dict[tuple[str, bool], list[Column]] = {}
    for column in side.single:
        if not is_empty_type(column):
            by_type.setdefault((str(column.values.type), column.odd is not None), []).append(column)
    return sum(_almost_equal(columns, side.rows, share) for columns in by_type.values())


def _almost_equal(columns: Sequence[Column], rows: int, share: float) -> int:
    """Pairs that agree in enough rows, counted in full only where a first look leaves it open."""
    values = [plain(column) for column in columns]
    may_differ = rows - int(np.ceil(share * rows))
    look = min(rows, int(_MARGIN * may_differ) + 1)
    return sum(
        _agreeing(values[one], values[other]) >= share * rows
        for one, other in _candidates([value.slice(0, look) for value in values], columns[0].family, may_differ)
    )


def _candidates(heads: Sequence[pa.ChunkedArray], family: Family, may_differ: int) -> Iterator[tuple[int, int]]:
    """Pairs whose first rows do not differ too often already."""
    if family is not Family.NUMBER or pa.types.is_string(heads[0].type):
        found = combinations(range(len(heads)), 2)
        yield from ((a, b) for a, b in found if len(heads[a]) - _agreeing(heads[a], heads[b]) <= may_differ)
        return
    matrix = np.array([head.cast(pa.float64(), safe=False).to_numpy() for head in heads])
    for one in range(len(heads) - 1):
        differ = np.count_nonzero(matrix[one + 1 :] != matrix[one], axis=1)
        yield from ((one, one + 1 + int(other)) for other in np.flatnonzero(differ <= may_differ))


def _agreeing(one: pa.ChunkedArray, other: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.equal(one, other)).as_py() or 0)


ALMOST_DUPLICATED_COLUMNS = DatasetMetric(
    name="almost_duplicated_columns",
    semantics="Pairs of columns of one type that agree in at least this share of the rows, missing values left out.",
    parameters=AlmostDuplicatedParameters,
    compute=almost_duplicated_columns,
    main="count",
)
