from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.report import compute_report
from tests.core.reports.scopes import entry_of

TEXTS = ["a", "b", "a", "b", None]
NUMBERS = [1, 2, 1, 2, None]
TENTHS = [0.1, 0.2, 0.1, 0.2, None]
DECIMALS = [None if tenth is None else Decimal(str(tenth)) for tenth in TENTHS]


def _encoded(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0, 1, 0, 1, None]), pa.array(values, kind))


@pytest.mark.parametrize(
    ("values", "plain"),
    [
        (pa.array(TEXTS, pa.string_view()), pa.array(TEXTS)),
        (pa.array(TEXTS, pa.large_string()), pa.array(TEXTS)),
        (_encoded(["a", "b"], pa.string_view()), pa.array(TEXTS)),
        (_encoded(["a", "b"], pa.large_string()), pa.array(TEXTS)),
        (pa.compute.run_end_encode(pa.array(TEXTS)), pa.array(TEXTS)),
        (pa.compute.run_end_encode(pa.array(NUMBERS, pa.int64())), pa.array(NUMBERS)),
        (pa.array(TENTHS, pa.float16()), pa.array(TENTHS)),
        (pa.array(DECIMALS, pa.decimal32(5, 1)), None),
        (pa.array(DECIMALS, pa.decimal64(15, 1)), None),
        (pa.array(DECIMALS, pa.decimal256(60, 1)), None),
    ],
)
@pytest.mark.parametrize("chunks", [1, 2])
def test_columns_of_rarer_types_are_reported_on_like_others(
    values: pa.Array, plain: pa.Array | None, chunks: int
) -> None:
    same = pa.array(TENTHS) if plain is None else plain
    tables = [pa.table({"x": pa.chunked_array([each] * chunks)}) for each in (values, same)]
    slices = [{"by": "x"}, {"name": "some", "where": {"field": "x", "exists": True}}]
    config = ReportConfig.model_validate({"slices": slices})
    reports = [compute_report(Dataset(table), Dataset(table), config) for table in tables]
    assert not [entry.error for entry in reports[0].entries if entry.error]
    assert not [one.error for one in reports[0].slices if one.error]
    values_of = [{entry.metric: entry.current for entry in report.entries} for report in reports]
    if not pa.types.is_dictionary(values.type):
        assert values_of[0] == values_of[1]


@pytest.mark.parametrize(
    "kind",
    [
        pa.time32("s"),
        pa.time64("ns"),
        pa.duration("ms"),
        pa.binary(),
        pa.binary_view(),
        pa.large_binary(),
        pa.binary(3),
        pa.month_day_nano_interval(),
        pa.list_(pa.int8()),
        pa.large_list(pa.string_view()),
        pa.struct([("a", pa.int8())]),
        pa.map_(pa.string(), pa.int8()),
        pa.null(),
    ],
)
def test_columns_that_are_not_compared_fail_no_metric(kind: pa.DataType) -> None:
    report = compute_report(
        Dataset(pa.table({"x": pa.nulls(5, kind), "y": NUMBERS})),
        Dataset(pa.table({"x": pa.nulls(5, kind), "y": NUMBERS})),
        ReportConfig(),
    )
    assert not [entry.error for entry in report.entries if entry.error]


@pytest.mark.parametrize(
    "moments",
    [
        pa.array([1, 2] * 5, pa.timestamp("ns", "Asia/Tokyo")),
        pa.array([2**62, 1] * 5, pa.timestamp("s")),
        pa.array([1, 2] * 5, pa.timestamp("ns")).dictionary_encode(),
        pa.array([1, 2] * 5, pa.date32()),
    ],
)
def test_instants_can_be_sliced_by_and_counted_beside_a_column_without_values(moments: pa.Array) -> None:
    sides = [Dataset(pa.table({"x": values, "y": [1.5, 2.5] * 5})) for values in (moments, pa.nulls(10, pa.float64()))]
    config = ReportConfig.model_validate({"metrics": ["histogram"], "slices": [{"by": "x"}]})
    for current, reference in (sides, reversed(sides)):
        report = compute_report(current, reference, config)
        assert not [entry.error for entry in report.entries if entry.error]
        assert not [one.error for one in report.slices if one.error]


def test_a_half_float_is_the_number_that_it_is_written_as() -> None:
    drift = entry_of("value_drift", {"x": pa.array([0.1, 0.3] * 20, pa.float16())}, {"x": [0.1, 0.3] * 20})
    assert drift.current is not None
    assert drift.current["score"] == 1.0


@pytest.mark.parametrize("kinds", [{}, {"x": "categorical"}])
@pytest.mark.parametrize("values", [[0.1, 0.3, 0.7], [number / 10 for number in range(1, 30)]])
def test_a_float_of_32_bits_is_the_number_that_it_is_written_as_beside_one_of_64(
    values: list[float], kinds: dict[str, str]
) -> None:
    wide, narrow = {"x": pa.array(values * 20)}, {"x": pa.array(values * 20, pa.float32())}
    for current, reference in ((wide, narrow), (narrow, wide)):
        drift = entry_of("value_drift", current, reference, columns={"kinds": kinds}).current
        assert drift is not None
        assert drift["score"] == 1.0
    histogram = entry_of("histogram", narrow, wide, columns={"kinds": {"x": "categorical"}})
    assert histogram.current == histogram.reference
    assert histogram.current is not None
    assert set(histogram.current["labels"]) <= set(map(str, values))


def test_numbers_beyond_floats_of_32_bits_stay_what_they_are() -> None:
    current, reference = {"x": [1e300, 0.5] * 20}, {"x": pa.array([2.5, 0.5] * 20, pa.float32())}
    histogram = entry_of("histogram", current, reference).current
    assert histogram is not None
    assert histogram == {"labels": ["0.5", "2.5", "1e+300"], "counts": [20, 0, 20], "other": 0}
