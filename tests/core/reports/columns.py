"""Columns, pairs and tables for the tests of reports, from plain lists."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from streams.core.reports.column import Column
from streams.core.reports.comparison import ColumnPair, ReportColumn
from streams.core.reports.dataset import Dataset
from streams.core.reports.kinds import Kind

SPELLED = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def column(values: Sequence[Any], arrow_type: pa.DataType | None = None, name: str = "x") -> Column:
    """A column of one chunk."""
    return Column(name, pa.chunked_array([pa.array(values, arrow_type)]))


def pair(reference: Sequence[Any], current: Sequence[Any], kind: Kind) -> ColumnPair:
    """Both sides of a column, as a drift test gets them."""
    return ReportColumn("x", kind, column(current), column(reference)).pair


def numeric(reference: Sequence[float], current: Sequence[float]) -> ColumnPair:
    """Both sides of a numeric column."""
    return pair(reference, current, Kind.NUMERIC)


def categorical(reference: Sequence[Any], current: Sequence[Any]) -> ColumnPair:
    """Both sides of a categorical column."""
    return pair(reference, current, Kind.CATEGORICAL)


def normal(rows: int, mean: float = 0.0, seed: int = 0) -> list[float]:
    """Normal numbers, the same for the same seed."""
    return list(np.random.default_rng(seed).normal(mean, 1, rows))


def dataset(**columns: Sequence[Any]) -> Dataset:
    """A table of these columns."""
    return Dataset(pa.table({name: pa.array(values) for name, values in columns.items()}))
