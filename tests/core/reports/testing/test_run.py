from typing import Any

from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from streams.core.reports.testing.outcome import Outcome, Status
from tests.core.reports.columns import dataset, normal

CURRENT = {"x": [1.0, 2.0, None, 4.0], "y": [None, None, 1.0, 1.0]}
REFERENCE = {"x": [1.0, 2.0, 3.0, 4.0], "y": [None, None, 1.0, 1.0]}


def _outcomes(*tests: dict[str, Any], compared: bool = True, **config: Any) -> tuple[Outcome, ...]:
    chosen = ReportConfig.model_validate({"metrics": ["row_count"], "tests": tests, **config})
    return compute_report(dataset(**CURRENT), dataset(**REFERENCE) if compared else None, chosen).tests


def test_a_test_is_run_on_every_column_of_its_metric_or_on_those_named() -> None:
    everywhere = _outcomes({"metric": "missing_values", "lte": 0.3})
    assert [(one.column, one.status) for one in everywhere] == [("x", Status.PASS), ("y", Status.FAIL)]
    named = _outcomes({"metric": "missing_values", "lte": 0.3, "columns": ["x"]})
    assert [one.column for one in named] == ["x"]


def test_an_outcome_says_what_was_tested_against_what() -> None:
    (outcome,) = _outcomes(
        {"metric": "summary", "columns": ["x"], "field": "max", "gte": "reference", "tolerance": "5%"}
    )
    assert outcome == Outcome(
        metric="summary",
        column="x",
        field="max",
        condition="gte",
        value=4.0,
        expected=4.0,
        tolerance=0.2,
        of_reference=True,
        status=Status.PASS,
    )


def test_what_cannot_be_tested_is_an_error_with_its_reason() -> None:
    lacking, wrong, undefined, failed = _outcomes(
        {"metric": "row_count", "within": 0.1},
        {"metric": "row_count", "field": "columns", "gt": 1},
        {"metric": "summary", "columns": ["x"], "field": "mode", "gt": 1},
        {"metric": "accuracy", "gt": 0.5},
        compared=False,
    )
    assert {one.status for one in (lacking, wrong, undefined, failed)} == {Status.ERROR}
    assert lacking.reason == "the reference has no such value to compare with"
    assert wrong.reason == "there is no field 'columns': test one of rows"
    assert undefined.reason == "there is no field 'mode': test one of count, distinct, mean, std, min, max"
    assert failed.reason == "there is no column 'target': name the one of the target in the report's model"


def test_an_undefined_value_is_an_error_not_a_failure() -> None:
    config = ReportConfig.model_validate({"tests": [{"metric": "summary", "field": "std", "columns": ["x"], "lt": 9}]})
    (outcome,) = compute_report(dataset(x=[1.5]), None, config).tests
    assert (outcome.status, outcome.reason) == (Status.ERROR, "std is undefined for these rows")


def test_tests_of_ones_own_replace_the_default_ones_of_their_entries() -> None:
    outcomes = _outcomes({"metric": "row_count", "gt": 100}, default_tests=True)
    assert [(one.metric, one.status, one.is_default) for one in outcomes] == [("row_count", Status.FAIL, False)]
    only_one = _outcomes(
        {"metric": "missing_values", "lt": 1, "columns": ["x"]}, default_tests=True, metrics=["missing_values"]
    )
    assert [(one.column, one.is_default) for one in only_one] == [("x", False), ("y", True), ("y", True)]


def test_default_tests_of_a_metric_that_failed_are_errors_with_its_reason() -> None:
    config = ReportConfig.model_validate({"metrics": ["accuracy"], "default_tests": True})
    (outcome,) = compute_report(dataset(x=normal(9)), None, config).tests
    assert outcome.status is Status.ERROR
    assert outcome.reason == "there is no column 'target': name the one of the target in the report's model"


def test_without_asking_there_are_no_tests() -> None:
    assert compute_report(dataset(x=normal(9)), dataset(x=normal(9)), ReportConfig()).tests == ()


def test_a_test_of_what_was_not_computed_is_an_error_and_not_passed_over() -> None:
    outcomes = _outcomes(
        {"metric": "missing_values", "columns": ["z", "x"], "lt": 1},
        {"metric": "quantiles", "field": "0.5", "lt": 9, "columns": ["y"]},
        metrics=["missing_values"],
    )
    found = [(one.column, one.status, one.reason) for one in outcomes]
    assert found == [
        ("x", Status.PASS, None),
        ("z", Status.ERROR, "missing_values was not computed on it"),
        ("y", Status.PASS, None),
    ]


def test_a_metric_that_only_a_test_names_is_computed_though_the_data_do_not_suit_it() -> None:
    config = ReportConfig.model_validate({"metrics": ["classification"], "tests": [{"metric": "roc_auc", "gt": 0.5}]})
    (outcome,) = compute_report(dataset(target=[1, 0], prediction=[1, 0]), None, config).tests
    assert outcome.status is Status.ERROR


def test_a_test_that_fits_no_column_is_an_error() -> None:
    config = ReportConfig.model_validate(
        {"metrics": ["row_count"], "tests": [{"metric": "quantiles", "field": "0.5", "lt": 9}]}
    )
    (outcome,) = compute_report(dataset(x=["a", "a"]), None, config).tests
    assert (outcome.status, outcome.reason) == (Status.ERROR, "quantiles was computed on no column")
