"""One odd value among the others of a column costs itself alone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from streams.core.events.encoding import JSON
from streams.core.events.parse import PayloadParserState
from streams.core.events.parsed import flat_rows
from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.report import compute_report
from streams.core.reports.results import Report
from streams.core.reports.verdicts import Verdict
from tests.core.reports.columns import normal

ODD = ["N/A", True, False, [1], {"a": 1}, "", "1.5", [], {}, [[2]], "true"]


def rows_of(**fields: Sequence[Any]) -> pa.Table:
    """Events sent as JSON, as a batch has them; `prediction` and `target` are no features."""
    names = list(fields)
    events = [dict(zip(names, values, strict=True)) for values in zip(*fields.values(), strict=True)]
    payloads = pa.array([json.dumps(_event(event)).encode() for event in events])
    parsed = flat_rows([PayloadParserState().parse(payloads, JSON)], most_cells=10**9).table
    places = {name: pa.array(range(len(events)), pa.int64()) for name in ("partition", "offset", "index")}
    return pa.table([*places.values(), *parsed.columns], pa.schema([*pa.table(places).schema, *parsed.schema]))


def _event(fields: Mapping[str, Any]) -> dict[str, Any]:
    features = {name: value for name, value in fields.items() if name != "prediction"}
    event = {"model": {"id": "m"}, "features": features}
    return event | ({"prediction": fields["prediction"]} if "prediction" in fields else {})


def report_of(batch: pa.Table, reference: pa.Table | None = None, **config: Any) -> Report:
    compared = None if reference is None else report_dataset(reference)
    return compute_report(report_dataset(batch), compared, ReportConfig.model_validate(config))


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("compares", [True, False])
def test_one_odd_value_among_numbers_is_counted_and_the_others_are_computed(odd: Any, compares: bool) -> None:
    numbers = normal(199)
    reference = pa.table({"x": normal(200, seed=1), "y": normal(200, seed=2)}) if compares else None
    batch = rows_of(x=[*numbers[:50], odd, *numbers[50:]], y=normal(200))
    report = report_of(batch, reference)
    assert not [entry.error for entry in report.entries if entry.error]
    assert report.columns["x"] == "numeric"
    missing = report.of("missing_values", "x")
    assert missing is not None
    assert missing.current == {
        "count": 0,
        "share": 0.0,
        "infinite": 0,
        "unreadable": 1,
        "such_as": [json.dumps(odd, separators=(",", ":"))],
    }
    summary = report.of("summary", "x")
    assert summary is not None
    assert summary.current is not None
    assert summary.current["count"] == 199
    assert summary.current["mean"] == pytest.approx(np.mean(numbers))
    assert (report.of("value_drift", "x") is not None) is compares


@pytest.mark.parametrize(
    ("values", "odd", "kind"),
    [
        ([1, 2, 3, 4] * 10, "x", "categorical"),
        (["a", "b"] * 20, 1, "categorical"),
        (["a", "b"] * 20, [1], "categorical"),
        ([True, False] * 20, "yes", "categorical"),
        ([True, False] * 20, 0.5, "categorical"),
        ([0.5, 1.5] * 20, True, "numeric"),
        ([2**60 + number for number in range(40)], "x", "numeric"),
    ],
)
def test_most_values_decide_what_a_column_is(values: list[Any], odd: Any, kind: str) -> None:
    report = report_of(rows_of(x=[odd, *values]))
    missing = report.of("missing_values", "x")
    assert missing is not None
    assert missing.current is not None
    assert (report.columns["x"], missing.current["unreadable"]) == (kind, 1)
    summary, alone = (one.of("summary", "x") for one in (report, report_of(rows_of(x=values))))
    assert summary == alone


def test_the_reference_decides_what_is_read_where_most_values_are_odd() -> None:
    batch = rows_of(x=[*["N/A"] * 120, *normal(80)], y=normal(200))
    report = report_of(batch, pa.table({"x": normal(200), "y": normal(200)}))
    missing, drift = report.of("missing_values", "x"), report.of("value_drift", "x")
    assert missing is not None
    assert missing.current is not None
    assert missing.current["unreadable"] == 120
    assert drift is not None
    assert drift.error is None


@pytest.mark.parametrize("odd", [[[1], [2]], ["a", True], [{"a": 1}, "b"], [[1], {}]])
def test_a_column_of_the_reference_without_a_readable_value_is_not_called_stable(odd: list[Any]) -> None:
    batch = rows_of(x=odd * 50)
    report = report_of(batch, pa.table({"x": normal(100)}))
    assert report.verdict is Verdict.NOT_COMPARABLE
    drift = report.of("value_drift", "x")
    assert drift is not None
    assert drift.error == "column 'x' has no value in the batch but 100 of another type: nothing to compare"


def test_columns_of_lists_are_no_columns_of_single_values() -> None:
    report = report_of(rows_of(x=[*[[1.0, 2.0]] * 9, "N/A"], y=range(10)))
    assert "x" not in report.columns


@pytest.mark.parametrize("odd", [True, "1", 1.0, "true"])
def test_an_odd_answer_that_says_the_same_counts_for_the_models_quality(odd: Any) -> None:
    truth = [1, 0] * 20
    report = report_of(rows_of(prediction=[odd, *truth[1:]], target=truth), metrics=["classification"])
    accuracy = report.of("accuracy")
    assert accuracy is not None
    assert accuracy.current == {"value": 1.0}


@pytest.mark.parametrize("odd", [[1], {"a": 1}, "N/A", "", "2", "yes"])
def test_an_answer_that_is_no_label_costs_its_row(odd: Any) -> None:
    truth = [1, 0] * 20
    report = report_of(rows_of(prediction=[odd, *truth[1:]], target=truth), metrics=["confusion_matrix"])
    matrix = report.of("confusion_matrix")
    assert matrix is not None
    assert matrix.current == {"labels": ["0", "1"], "counts": [[20, 0], [0, 19]], "left_out": 1}


@pytest.mark.parametrize("odd", ["N/A", True, [1], {"a": 1}, ""])
def test_a_predicted_number_that_is_none_costs_its_row(odd: Any) -> None:
    truth = normal(40)
    report = report_of(rows_of(prediction=[odd, *truth[1:]], target=truth), metrics=["regression"])
    error = report.of("mae")
    assert error is not None
    assert error.current == {"mean": 0.0, "std": 0.0}


def test_rows_with_odd_values_are_neither_empty_nor_equal_to_others() -> None:
    rows = rows_of(x=[1, "a", "b", "a", None, 1], y=[1, "a", "b", "a", None, 1])
    report = report_of(rows)
    counts = {metric: report.of(metric) for metric in ("duplicated_rows", "empty_rows", "duplicated_columns")}
    assert {metric: entry and entry.current for metric, entry in counts.items()} == {
        "duplicated_rows": {"count": 2},
        "empty_rows": {"count": 1},
        "duplicated_columns": {"count": 1},
    }
    assert not [entry.error for entry in report.entries if entry.error]


def test_slices_read_a_column_as_the_whole_report_does() -> None:
    rows = rows_of(x=[*["N/A"] * 30, *normal(70)], g=[*["a"] * 40, *["b"] * 60])
    report = report_of(rows, pa.table({"x": normal(100), "g": ["a", "b"] * 50}), slices=[{"by": "g"}])
    (sliced,) = report.slices
    odd = {
        one.name: entry.current["unreadable"]
        for one in sliced.slices
        for entry in one.entries
        if entry.metric == "missing_values" and entry.column == "x" and entry.current
    }
    assert odd == {"a": 30, "b": 0}
    assert not [entry.error for one in sliced.slices for entry in one.entries if entry.error]


def test_a_mixed_reference_is_read_like_a_batch() -> None:
    batch, reference = rows_of(x=normal(100)), rows_of(x=["N/A", *normal(99)])
    drift = report_of(batch, reference).of("value_drift", "x")
    assert drift is not None
    assert drift.error is None


def test_a_dataset_that_is_no_batch_has_no_mixed_columns() -> None:
    assert Dataset(pa.table({"x": ["[1]"]})).columns["x"].unreadable == 0
