import math
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from streams.core.reports.column import Column, Family
from tests.core.reports.columns import column


def test_numbers_are_finite_ascending_doubles() -> None:
    read = column([3, None, 1], pa.int32())
    assert read.numbers.tolist() == [1.0, 3.0]
    assert read.numbers.dtype == np.float64


def test_every_row_is_missing_infinite_or_usable() -> None:
    read = column([1.0, math.nan, None, math.inf, -math.inf])
    assert (read.rows, read.missing, read.infinite, read.usable) == (5, 2, 2, 1)


@pytest.mark.parametrize(
    ("values", "arrow_type", "family"),
    [
        ([1], pa.uint8(), Family.NUMBER),
        ([Decimal("1.5")], pa.decimal128(5, 2), Family.NUMBER),
        ([True], pa.bool_(), Family.TRUTH),
        (["a"], pa.large_string(), Family.STRING),
        (["a"], pa.dictionary(pa.int8(), pa.string()), Family.STRING),
        ([1], pa.dictionary(pa.int8(), pa.int64()), Family.NUMBER),
        ([date(2026, 11, 21)], pa.date32(), Family.TIME),
        ([1], pa.timestamp("us", "UTC"), Family.TIME),
        ([None], pa.null(), Family.NONE),
        ([[1]], pa.list_(pa.int8()), Family.NONE),
    ],
)
def test_arrow_types_belong_to_families_and_can_be_counted(
    values: list[object], arrow_type: pa.DataType, family: Family
) -> None:
    read = column(values, arrow_type)
    assert read.family is family
    if family is not Family.NONE:
        assert read.distinct == 1


def test_dictionary_encoding_and_chunks_do_not_show() -> None:
    plain = column(["b", "a", "b", None])
    chunked = Column("x", pa.chunked_array([["b"], ["a", "b", None]]).dictionary_encode())
    assert plain.counts.keys.equals(chunked.counts.keys)
    assert plain.counts.counts.tolist() == chunked.counts.counts.tolist() == [1, 2]


def test_instants_are_epoch_milliseconds_whatever_their_unit() -> None:
    assert column([1_500_000], pa.timestamp("us", "UTC")).numbers.tolist() == [1500.0]
    assert column([date(1970, 1, 2)]).numbers.tolist() == [86_400_000.0]


def test_reading_strings_as_numbers_is_refused_with_name_and_type() -> None:
    with pytest.raises(ValueError, match="column 'x' is string, not numbers: choose another kind"):
        _ = column(["a"]).numbers


def test_rows_keep_their_order_where_it_is_asked_for() -> None:
    assert column([3.0, math.nan, 1.0, math.inf]).row_values.to_pylist() == [3.0, 1.0]
    assert column(["b", None, "a"]).row_values.to_pylist() == ["b", "a"]
