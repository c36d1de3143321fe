from itertools import pairwise

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.report import compute_report
from streams.core.reports.results import Report
from streams.core.reports.verdicts import Verdict
from tests.core.reports.columns import dataset, normal


def _rows(seed: int, rows: int = 400) -> pa.Table:
    draw = np.random.default_rng(seed)
    return pa.table(
        {
            "amount": draw.lognormal(size=rows),
            "score": pa.array(draw.normal(size=rows), mask=draw.random(rows) < 0.1),
            "country": draw.choice(["de", "fr", "us"], rows),
            "age": draw.integers(18, 90, rows),
            "note": [f"note {n}" for n in range(rows)],
        }
    )


def test_a_report_has_every_metric_for_every_fitting_column() -> None:
    report = compute_report(Dataset(_rows(1)), Dataset(_rows(2)), ReportConfig())
    kinds = {"amount": "numeric", "score": "numeric", "country": "categorical", "age": "numeric", "note": "text"}
    assert report.columns == kinds
    assert not [entry for entry in report.entries if entry.error]
    drifts = [entry.column for entry in report.entries if entry.metric == "value_drift"]
    assert drifts == ["amount", "score", "country", "age"]


def test_a_column_that_fails_costs_only_itself() -> None:
    batch = dataset(x=["a"] * 50, y=normal(50), z=normal(50))
    report = compute_report(batch, dataset(x=normal(50), y=normal(50), z=normal(50)), ReportConfig())
    failed = {(entry.metric, entry.column) for entry in report.entries if entry.error}
    assert failed == {(metric, "x") for metric in ("summary", "quantiles", "histogram", "value_drift")}
    assert report.verdict is Verdict.NOT_DRIFTED


@pytest.mark.parametrize(
    "lost",
    [
        pa.nulls(100),
        pa.nulls(100, pa.float64()),
        pa.nulls(100, pa.string()),
        pa.array([float("nan")] * 100),
        pa.array([float("inf"), float("-inf")] * 50),
        pa.array(["lost"] * 100),
        None,
    ],
)
def test_a_batch_that_lost_four_of_five_columns_is_not_called_stable(lost: pa.Array | None) -> None:
    reference = {f"x{number}": pa.array(normal(100, seed=number)) for number in range(5)}
    gone = {} if lost is None else dict.fromkeys(list(reference)[1:], lost)
    report = compute_report(
        Dataset(pa.table({"x0": reference["x0"], **gone})), Dataset(pa.table(reference)), ReportConfig()
    )
    assert report.verdict is Verdict.NOT_COMPARABLE
    assert report.reason is not None
    assert report.reason.startswith("4 of 5 columns of the reference could not be compared: x1: ")
    failed = {entry.column for entry in report.entries if entry.metric == "value_drift" and entry.error}
    assert failed == {"x1", "x2", "x3", "x4"}


@pytest.mark.parametrize(("share", "verdict"), [(0.2, Verdict.NOT_COMPARABLE), (0.25, Verdict.NOT_DRIFTED)])
def test_from_which_share_of_lost_columns_on_a_batch_is_not_comparable_can_be_set(
    share: float, verdict: Verdict
) -> None:
    reference = {f"x{number}": normal(100, seed=number) for number in range(5)}
    config = ReportConfig.model_validate({"drift": {"uncompared_share": share}})
    batch = {name: values for name, values in reference.items() if name != "x4"}
    assert compute_report(dataset(**batch), dataset(**reference), config).verdict is verdict


def test_columns_that_are_empty_in_the_reference_or_are_never_compared_do_not_count_as_lost() -> None:
    reference = dataset(x=normal(50), empty=[None] * 50, note=[f"{n}" for n in range(50)], list=[[1]] * 50)
    assert compute_report(dataset(x=normal(50), empty=normal(50)), reference, ReportConfig()).verdict is (
        Verdict.NOT_DRIFTED
    )


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"name": "quantiles", "columns": ["z"]}, "column 'z' is not among the report's columns: x"),
        ({"name": "quantiles", "columns": ["x"]}, "quantiles does not apply to the categorical column 'x', only to:"),
    ],
)
def test_a_metric_asked_for_a_column_it_cannot_read_is_an_error(choice: dict[str, object], message: str) -> None:
    report = compute_report(dataset(x=["a", "a"]), None, ReportConfig.model_validate({"metrics": [choice]}))
    assert report.entries[0].error is not None
    assert report.entries[0].error.startswith(message)


@given(st.permutations(range(60)), st.lists(st.integers(1, 59), max_size=4).map(sorted))
def test_neither_the_order_of_rows_nor_the_chunks_of_a_table_show(order: list[int], cuts: list[int]) -> None:
    table, reference = _rows(1, 60), Dataset(_rows(2, 60))
    ends = [0, *cuts, 60]
    shuffled = pa.concat_tables([table.take(pa.array(order[a:b], pa.int64())) for a, b in pairwise(ends)])
    reports = [compute_report(Dataset(rows), reference, ReportConfig()) for rows in (table, shuffled)]
    assert msgspec.json.encode(reports[0]) == msgspec.json.encode(reports[1])


@settings(max_examples=15)
@given(st.permutations(range(80)), st.sampled_from(["classification", "certainty", "regression"]))
def test_the_order_of_rows_does_not_show_in_a_models_quality(order: list[int], preset: str) -> None:
    draw = np.random.default_rng(3)
    likely = draw.random(80)
    target = draw.normal(size=80) if preset == "regression" else (likely + draw.normal(0, 0.3, 80) > 0.5) * 1
    prediction = target + draw.normal(size=80) if preset == "regression" else (likely > 0.5) * 1
    rows = pa.table({"target": target, "prediction": prediction, "probability": likely})
    config = ReportConfig.model_validate({"metrics": [preset]})
    reports = [compute_report(Dataset(table), Dataset(rows), config) for table in (rows, rows.take(pa.array(order)))]
    assert not [entry.error for entry in reports[0].entries if entry.error]
    assert msgspec.json.encode(reports[0]) == msgspec.json.encode(reports[1])


def test_a_report_survives_its_own_json() -> None:
    report = compute_report(Dataset(_rows(1)), Dataset(_rows(2)), ReportConfig())
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_no_rows_give_a_report_with_an_error_in_place_of_drift() -> None:
    report = compute_report(Dataset(_rows(1).slice(0, 0)), Dataset(_rows(2)), ReportConfig())
    assert report.verdict is Verdict.NOT_COMPARABLE
    assert {entry.metric for entry in report.entries if entry.error} == {"value_drift", "dataset_drift"}


def test_a_thousand_columns_are_reported() -> None:
    draw = np.random.default_rng(0)
    wide = Dataset(pa.table({f"x{n}": draw.normal(size=50) for n in range(1000)}))
    report = compute_report(wide, wide, ReportConfig())
    assert sum(entry.metric == "value_drift" and entry.error is None for entry in report.entries) == 1000
    assert report.verdict is Verdict.NOT_DRIFTED


def test_what_was_computed_on_a_kept_reference_is_not_computed_again() -> None:
    reference = Dataset(_rows(2))
    first = compute_report(Dataset(_rows(1)), reference, ReportConfig())
    read = reference.columns["amount"].numbers
    second = compute_report(Dataset(_rows(1)), reference, ReportConfig())
    assert reference.columns["amount"].numbers is read
    assert first == second
