"""Summary statistics of a column, by its kind."""

from typing import Annotated, Any

import numpy as np
import pyarrow.compute as pc
from pydantic import Field

from streams.core.reports.column import Column
from streams.core.reports.comparison import ReportColumn
from streams.core.reports.kinds import Kind
from streams.core.reports.labels import labels
from streams.core.reports.metrics.declaration import ColumnMetric, Measured, Parameters, both_sides
from streams.core.reports.scope import ReportScope
from streams.core.reports.whole_numbers import less


class SummaryParameters(Parameters):
    """``most_common``: how many of the most common values of a categorical column are listed."""

    most_common: Annotated[int, Field(ge=0, le=1000)] = 5


def summary(_: ReportScope, column: ReportColumn, parameters: SummaryParameters) -> Measured:
    """Statistics over values that are neither missing nor infinite."""
    match column.kind:
        case Kind.NUMERIC:
            return both_sides(column, _numbers)
        case Kind.CATEGORICAL:
            return both_sides(column, lambda side: _categories(side, parameters.most_common))
        case Kind.TEXT:
            return both_sides(column, _texts)
        case _:
            return both_sides(column, _instants)


def _numbers(column: Column) -> dict[str, Any]:
    ascending = column.ascending
    if not len(ascending):
        return {"count": 0, "distinct": 0, "mean": None, "std": None, "min": None, "max": None}
    # Whole numbers that doubles would round are less their median, so that only the result is rounded.
    origin = ascending[0] * 0 if ascending.dtype == np.float64 else ascending[len(ascending) // 2]
    numbers = less(ascending, origin)
    return {
        "count": len(numbers),
        "distinct": column.distinct,
        "mean": origin.item() + float(numbers.mean()),
        "std": float(numbers.std(ddof=1)) if len(numbers) > 1 else None,
        "min": ascending[0].item(),
        "max": ascending[-1].item(),
    }


def _categories(column: Column, most_common: int) -> dict[str, Any]:
    counted = column.counts
    # Most common first, equally common ones by value: the keys ascend and the sort is stable.
    top = np.argsort(-counted.counts, kind="stable")[:most_common]
    names = labels(column, counted.keys.take(top))
    listed = [
        {"value": name, "count": int(count), "share": int(count) / column.usable}
        for name, count in zip(names, counted.counts[top], strict=True)
    ]
    return {"count": column.usable, "distinct": column.distinct, "most_common": listed}


def _texts(column: Column) -> dict[str, Any]:
    lengths = pc.utf8_length(column.strings.drop_null()).to_numpy()
    if not len(lengths):
        return {"count": 0, "distinct": 0, "mean_length": None, "min_length": None, "max_length": None}
    return {
        "count": len(lengths),
        "distinct": column.distinct,
        "mean_length": float(lengths.mean()),
        "min_length": int(lengths.min()),
        "max_length": int(lengths.max()),
    }


def _instants(column: Column) -> dict[str, Any]:
    keys = column.counts.keys
    ends = labels(column, keys.take([0, len(keys) - 1])) if len(keys) else (None, None)
    return {"count": column.usable, "distinct": column.distinct, "min": ends[0], "max": ends[1]}


SUMMARY = ColumnMetric(
    name="summary",
    semantics=(
        "Count and distinct values; numbers: mean, std (ddof 1), min, max; categories: the most common; "
        "text: lengths in characters; instants: first and last."
    ),
    parameters=SummaryParameters,
    kinds=frozenset({Kind.NUMERIC, Kind.CATEGORICAL, Kind.TEXT, Kind.DATETIME}),
    compute=summary,
)
