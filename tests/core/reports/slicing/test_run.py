from typing import Any

import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.reports.results import Report, Sliced
from streams.core.reports.testing.outcome import Status
from streams.core.reports.verdicts import Verdict
from tests.core.reports.columns import dataset, normal

ROWS = {
    "metadata.region": ["eu"] * 300 + ["us"] * 200 + ["in"] * 100 + [None] * 50,
    "amount": [*normal(300), *normal(200, 9, seed=1), *normal(150, seed=2)],
    "target": [1, 0] * 325,
    "prediction": [1, 0] * 150 + [0, 1] * 100 + [1, 1] * 75,
}
THEIRS = {
    "metadata.region": ["eu"] * 300 + ["us"] * 300,
    "amount": [*normal(300, seed=3), *normal(300, seed=4)],
    "target": [1, 0] * 300,
    "prediction": [1, 0] * 300,
}


def _report(
    choice: dict[str, Any], reference: dict[str, Any] | None = None, rows: dict[str, Any] = ROWS, **config: Any
) -> Report:
    chosen = ReportConfig.model_validate({"metrics": ["row_count", "accuracy"], "slices": [choice], **config})
    return compute_report(dataset(**rows), None if reference is None else dataset(**reference), chosen)


def _sliced(*given: Any, **config: Any) -> Sliced:
    (found,) = _report(*given, **config).slices
    return found


def test_each_value_of_a_column_has_the_reports_metrics_over_its_own_rows() -> None:
    found = _sliced({"by": "metadata.region"})
    values = {one.name: (one.rows, [entry.current for entry in one.entries]) for one in found.slices}
    assert values == {
        "eu": (300, [{"rows": 300}, {"value": 1.0}]),
        "us": (200, [{"rows": 200}, {"value": 0.0}]),
        "in": (100, [{"rows": 100}, {"value": 0.5}]),
    }
    assert list(values) == ["eu", "us", "in"]
    assert (found.other_values, found.other_rows) == (0, 50)


def test_values_beyond_the_most_common_are_counted() -> None:
    found = _sliced({"by": "metadata.region", "most": 1})
    assert [one.name for one in found.slices] == ["eu"]
    assert (found.other_values, found.other_rows) == (2, 350)


def test_a_condition_chooses_rows() -> None:
    found = _sliced(
        {"name": "far", "where": {"all": [{"field": "amount", "greater_than": 4}, {"field": "target", "equals": 1}]}}
    )
    assert [(one.name, one.rows) for one in found.slices] == [("far", 100)]
    assert found.other_rows == 550


def test_a_slice_is_compared_with_the_same_part_of_the_reference() -> None:
    found = _sliced({"by": "metadata.region"}, THEIRS, metrics=["data_drift"], drift={"share": 0.3})
    compared = {one.name: (one.reference_rows, one.verdict) for one in found.slices}
    assert compared == {
        "eu": (300, Verdict.NOT_DRIFTED),
        "us": (300, Verdict.DRIFTED),
        "in": (None, Verdict.NO_REFERENCE),
    }
    drifted = [entry.column for entry in found.slices[1].entries if entry.current and entry.current["drifted"]]
    assert drifted == ["amount", None]
    assert "metadata.region" not in {entry.column for entry in found.slices[0].entries}


@pytest.mark.parametrize(
    "choice", [{"by": "metadata.region"}, {"name": "eu", "where": {"field": "metadata.region", "equals": "eu"}}]
)
def test_where_the_reference_lacks_the_column_all_of_it_is_compared_with(choice: dict[str, Any]) -> None:
    theirs = {name: values for name, values in THEIRS.items() if name != "metadata.region"}
    found = _sliced(choice, theirs).slices[0]
    assert (found.reference_rows, found.whole_reference) == (600, True)
    assert not _sliced(choice, THEIRS).slices[0].whole_reference
    assert not _sliced(choice).slices[0].whole_reference


def test_tests_run_on_every_slice() -> None:
    found = _sliced({"by": "metadata.region"}, tests=[{"metric": "accuracy", "gt": 0.4}])
    assert [one.tests[0].status for one in found.slices] == [Status.PASS, Status.FAIL, Status.PASS]


def test_kinds_and_labels_stay_those_of_all_rows() -> None:
    rows = {"part": ["a"] * 20 + ["b"] * 30, "count": [1] * 20 + list(range(30)), "target": [0, 1] * 10 + [2] * 30}
    report = _report(
        {"by": "part"}, None, rows | {"prediction": rows["target"]}, metrics=["quantiles", "recall", "tpr"]
    )
    (found,) = report.slices
    assert {entry.column for entry in found.slices[1].entries if entry.metric == "quantiles"} == {"count"}
    tpr = next(entry for entry in found.slices[1].entries if entry.metric == "tpr")
    assert tpr.error is not None, "the slice has two labels, the model three"
    assert report.columns["count"] == "numeric"


@pytest.mark.parametrize(
    "choice", [{"by": "metadata.shop"}, {"name": "x", "where": {"field": "metadata.shop", "exists": True}}]
)
def test_a_missing_column_is_an_error_that_names_it(choice: dict[str, Any]) -> None:
    found = _sliced(choice)
    assert found.error == "there is no column 'metadata.shop' to slice by"
    assert found.slices == ()


def test_slices_do_not_change_what_is_said_of_the_whole() -> None:
    whole = _report({"by": "metadata.region"}, THEIRS)
    without = compute_report(
        dataset(**ROWS), dataset(**THEIRS), ReportConfig.model_validate({"metrics": ["row_count", "accuracy"]})
    )
    assert (whole.entries, whole.verdict, whole.columns) == (without.entries, without.verdict, without.columns)


def test_slices_keep_texts_apart_that_spell_one_number() -> None:
    rows = {"version": ["1.1"] * 20 + ["1.10"] * 30 + ["1"] * 10, "target": [1] * 60, "prediction": [1] * 60}
    found = _sliced({"by": "version"}, rows=rows, reference={**rows, "version": ["1.1"] * 20 + ["1.0"] * 40})
    assert [(one.name, one.rows, one.reference_rows) for one in found.slices] == [
        ("1.10", 30, None),
        ("1.1", 20, 20),
        ("1", 10, None),
    ]
