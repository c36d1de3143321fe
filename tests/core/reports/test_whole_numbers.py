from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.reports.comparison import ReportColumn
from streams.core.reports.drift.table import DRIFT_TESTS
from streams.core.reports.kinds import Kind
from streams.core.reports.whole_numbers import aligned, less, numbers_of
from tests.core.reports.columns import column
from tests.core.reports.scopes import entry_of

NANOSECONDS = 1_764_151_200_000_000_000
BIG = [(2**53, pa.int64()), (NANOSECONDS, pa.int64()), (-(2**63), pa.int64()), (2**64 - 40, pa.uint64())]
SENTINELS = [(2**63 - 1, pa.int64()), (2**64 - 1, pa.uint64())]


@pytest.mark.parametrize(("big", "arrow_type"), [*BIG, (2**53, pa.decimal128(38, 0)), (2**53, pa.decimal128(38, 3))])
def test_neighbours_that_are_one_double_are_two_values(big: int, arrow_type: pa.DataType) -> None:
    twice = pa.array([Decimal(big), Decimal(big + 1)] * 10, arrow_type) if pa.types.is_decimal(arrow_type) else None
    read = column([big, big + 1] * 10, arrow_type) if twice is None else column(twice)
    assert read.distinct == 2
    assert read.counts.counts.tolist() == [10, 10]
    columns = {"x": read.values}
    for metric in ("constant_columns", "almost_constant_columns"):
        assert entry_of(metric, columns).current == {"count": 0}
    assert entry_of("duplicated_rows", columns).current == {"count": 18}
    histogram = entry_of("histogram", columns).current
    assert histogram is not None
    assert histogram["counts"] == [10, 10]
    if twice is None:
        assert histogram["labels"] == [str(big), str(big + 1)]


@pytest.mark.parametrize(("big", "arrow_type"), BIG)
def test_bins_and_quantiles_of_many_neighbours_are_whole_and_exact(big: int, arrow_type: pa.DataType) -> None:
    columns = {"x": pa.array([big + number for number in range(40)], arrow_type)}
    quantiles = entry_of({"name": "quantiles", "parameters": {"probabilities": [0, 1 / 3, 1]}}, columns).current
    assert quantiles == {"0.0": big, repr(1 / 3): big + 13, "1.0": big + 39}
    histogram = entry_of({"name": "histogram", "parameters": {"bins": 4}}, columns).current
    assert histogram == {"edges": [big, big + 10, big + 20, big + 30, big + 39], "counts": [10, 10, 10, 10]}
    summary = entry_of("summary", columns).current
    assert summary is not None
    assert (summary["min"], summary["max"], summary["distinct"]) == (big, big + 39, 40)
    assert summary["std"] == pytest.approx(float(np.std(range(40), ddof=1)))


@pytest.mark.parametrize(("big", "arrow_type"), BIG)
@pytest.mark.parametrize("method", [name for name, test in DRIFT_TESTS.items() if Kind.NUMERIC in test.kinds])
def test_no_drift_test_depends_on_how_large_whole_numbers_are(big: int, arrow_type: pa.DataType, method: str) -> None:
    reference, current = [n * n % 40 for n in range(70)], [n * 3 % 37 for n in range(60)]
    scores = []
    for base in (0, big):
        theirs, ours = (column([base + number for number in side], arrow_type) for side in (reference, current))
        scores.append(DRIFT_TESTS[method].measure(ReportColumn("x", Kind.NUMERIC, ours, theirs).pair))
    assert scores[0] == pytest.approx(scores[1], rel=1e-9)


@pytest.mark.parametrize(("sentinel", "arrow_type"), SENTINELS)
@pytest.mark.parametrize(
    ("method", "score"),
    [
        ("jensen_shannon", 0.058683357104420075),
        ("psi", 0.045136222430210184),
        ("kl_divergence", 0.009382359748044517),
    ],
)
def test_the_largest_whole_number_is_in_the_last_bin(
    sentinel: int, arrow_type: pa.DataType, method: str, score: float
) -> None:
    reference, current = column([*range(100)] * 2, pa.int64()), column([*range(100), sentinel], arrow_type)
    pair = ReportColumn("x", Kind.NUMERIC, current, reference).pair
    assert DRIFT_TESTS[method].measure(pair) == pytest.approx(score, abs=1e-15)


@pytest.mark.parametrize(("sentinel", "arrow_type"), SENTINELS)
def test_every_metric_and_drift_test_reads_the_largest_whole_numbers(sentinel: int, arrow_type: pa.DataType) -> None:
    current, reference = pa.array([*range(100), sentinel], arrow_type), pa.array([*range(100)] * 2, pa.int64())
    for metric in ("summary", "quantiles", "histogram", "duplicated_columns", "almost_duplicated_columns"):
        assert entry_of(metric, {"x": current}, {"x": reference}).error is None
    for method in (name for name, test in DRIFT_TESTS.items() if Kind.NUMERIC in test.kinds):
        drift = entry_of({"name": "value_drift", "parameters": {"method": method}}, {"x": current}, {"x": reference})
        assert drift.error is None


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_instants_of_every_unit_are_told_apart_by_their_ticks(unit: str, zone: str | None) -> None:
    first = 1_764_151_200 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    columns = {"x": pa.array([first, first + 1], pa.int64()).cast(pa.timestamp(unit, zone))}
    assert entry_of("constant_columns", columns).current == {"count": 0}
    summary = entry_of("summary", columns).current
    later = {"s": "01.000", "ms": "00.001", "us": "00.000001", "ns": "00.000000001"}[unit]
    assert summary == {
        "count": 2,
        "distinct": 2,
        "min": "2025-11-26T10:00:00.000Z",
        "max": f"2025-11-26T10:00:{later}Z",
    }


def test_instants_of_two_units_are_counted_together() -> None:
    coarse = pa.array([1000, 2000], pa.int64()).cast(pa.timestamp("ms"))
    fine = pa.array([1_000_000_000, 2_000_000_001], pa.int64()).cast(pa.timestamp("ns"))
    kinds = {"columns": {"kinds": {"x": "categorical"}}}
    entry = entry_of("histogram", {"x": fine}, {"x": coarse}, **kinds)
    assert entry.current == {
        "labels": ["1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.000Z", "1970-01-01T00:00:02.000000001Z"],
        "counts": [1, 0, 1],
        "other": 0,
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([2**53 + 1], [2**53]),
        ([2**64 - 1], [7]),
        ([2**64 - 1], [-7]),
        ([2**53 + 1], [0.5]),
        ([2**53 + 1], [7.0]),
        ([-(2**63)], [2**63 - 1]),
        ([], [2**53 + 1]),
    ],
)
def test_both_sides_are_compared_as_one_type_whole_where_both_are_whole(one: list[Any], other: list[Any]) -> None:
    sides = aligned(*(numbers_of(pa.chunked_array([_typed(side)])) for side in (one, other)))
    assert sides[0].dtype == sides[1].dtype
    if min([*one, *other]) >= 0 and all(isinstance(each, int) or each == int(each) for each in [*one, *other]):
        assert [*sides[0].tolist(), *sides[1].tolist()] == [*one, *other]


def _typed(values: list[Any]) -> pa.Array:
    return pa.array(values, pa.uint64() if max(values, default=0) >= 2**63 else None)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1), st.integers(-(2**63), 2**63 - 1))
def test_differences_are_those_of_whole_numbers_rounded_once(values: list[int], origin: int) -> None:
    differences = less(np.array(values, np.int64), np.int64(origin)).tolist()
    assert differences == [float(value - origin) for value in values]


def test_minus_zero_and_zero_are_one_value() -> None:
    for kind in (pa.float16(), pa.float32(), pa.float64(), pa.dictionary(pa.int8(), pa.float64())):
        current, reference = pa.array([-0.0, 0.0, 1.0, 1.0] * 25, kind), pa.array([0.0, 1.0] * 50)
        columns = {"x": current, "y": pa.array([0.0, -0.0, 1.0, 1.0] * 25, kind)}
        assert entry_of("duplicated_rows", columns).current == {"count": 98}
        assert entry_of("duplicated_columns", columns).current == {"count": 1}
        histogram = entry_of("histogram", {"x": current}).current
        assert histogram is not None
        assert histogram["counts"] == [50, 50]
        score = entry_of("value_drift", {"x": current}, {"x": reference}).current
        assert score is not None
        assert score["score"] == 1.0


@pytest.mark.parametrize("name", DRIFT_TESTS)
def test_by_no_drift_test_do_minus_zero_and_zero_differ(name: str) -> None:
    test = DRIFT_TESTS[name]
    kind = min(test.kinds)
    others = [*range(1, 9)] if name == "epps_singleton" else [1.0]
    zeros = [[zero, *others] * 20 for zero in (0.0, -0.0)]
    scores = [test.measure(ReportColumn("x", kind, column(each), column(zeros[0])).pair) for each in zeros]
    assert scores[0] == scores[1]
    if not test.small_score_means_drift:
        assert scores[0] == 0.0
