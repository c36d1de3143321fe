import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from streams.core.collectors.collector import Collector
from streams.core.collectors.evidently_report import mapped_report
from streams.core.collectors.parse import parse_collectors
from streams.core.collectors.problems import CollectorsInvalidError
from streams.core.collectors.routing import select
from streams.core.collectors.triggers import IntervalTrigger, RowsOrIntervalTrigger, RowsTrigger
from streams.core.reports.report import compute_report
from tests.core.blocks import block_of
from tests.core.reports.columns import dataset, normal

CONFIG = Path(__file__).parents[2] / "data/evidently/collector-service-config.json"


def config() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONFIG.read_text(encoding="utf-8"))
    return found


def mapped(given: dict[str, Any] | None = None) -> dict[str, Collector]:
    return {one.id: one for one in parse_collectors(json.dumps(given or config()), "collector_config.json")}


def with_part(path: str, value: object) -> dict[str, Any]:
    """The file with one value replaced, at a path below `hourly`."""
    given = config()
    part = given["collectors"]["hourly"]
    *parents, last = path.split(".")
    for name in parents:
        part = part[name]
    part[last] = value
    return given


def test_a_file_of_the_collector_service_is_accepted_as_it_is() -> None:
    collectors = parse_collectors(CONFIG.read_text(encoding="utf-8"), "collector_config.json")
    assert [one.id for one in collectors] == ["hourly", "every500", "either"]
    assert collectors.warnings == ()


def test_all_three_triggers_are_mapped_and_rows_are_rows() -> None:
    triggers = {name: one.trigger for name, one in mapped().items()}
    assert triggers == {
        "hourly": IntervalTrigger(interval=timedelta(hours=1)),
        "every500": RowsTrigger(rows=500),
        "either": RowsOrIntervalTrigger(rows=500, interval=timedelta(hours=1)),
    }


@pytest.mark.parametrize("module", ["evidently.collector.config", "evidently.legacy.collector.config"])
def test_class_paths_of_old_clients_name_triggers_too(module: str) -> None:
    given = with_part("trigger.type", f"{module}.IntervalTrigger")
    assert mapped(given)["hourly"].trigger == IntervalTrigger(interval=timedelta(hours=1))


def test_a_window_of_rows_takes_them_as_they_come_and_the_others_by_time_of_record() -> None:
    orders = {name: (one.order, one.time) for name, one in mapped().items()}
    assert orders == {
        "hourly": ("event_time", "ingest"),
        "every500": ("arrival", "ingest"),
        "either": ("event_time", "ingest"),
    }


def test_only_events_that_name_the_collector_are_taken() -> None:
    events: list[Any] = [{"collectors": ["hourly"]}, {"model": {"id": "m"}}, {"collectors": ["every500"]}]
    assert select(block_of(events), mapped()["hourly"]).mask.tolist() == [True, False, False]


def test_reference_and_outlet_are_kept() -> None:
    hourly = mapped()["hourly"]
    assert hourly.reference == "reference_data.parquet"
    assert mapped()["either"].reference is None
    (outlet,) = hourly.outlets
    assert (outlet.api_url, outlet.project_id) == ("http://localhost:8000", "01a1fb94-c031-793b-bd44-a55358cfa2a5")
    assert outlet.api_secret is not None
    assert outlet.api_secret.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(hourly)


def test_metrics_of_a_preset_become_ours() -> None:
    report = mapped()["hourly"].report
    assert [one.name for one in report.metrics or ()] == ["dataset_drift", "value_drift"]
    assert report.drift.share == 0.5


def test_tests_become_metrics_with_the_same_verdict() -> None:
    report = mapped()["every500"].report
    assert [(one.name, one.columns) for one in report.metrics or ()] == [
        ("dataset_drift", None),
        ("value_drift", ("c0",)),
        ("value_drift", ("n0",)),
    ]
    assert report.drift.share == 0.3


@pytest.mark.parametrize(
    ("item", "tests"),
    [
        (
            {"type": "TestNumberOfRows", "gte": 100, "lt": 900},
            [("row_count", None, "rows", "gte", 100), ("row_count", None, "rows", "lt", 900)],
        ),
        ({"type": "TestShareOfDriftedColumns", "lt": 0.4}, [("dataset_drift", None, "share", "lt", 0.4)]),
        ({"type": "TestNumberOfDriftedColumns", "lte": 2}, [("dataset_drift", None, "count", "lte", 2)]),
        ({"type": "TestNumberOfMissingValues", "eq": 0}, [("dataset_missing_values", None, "count", "eq", 0)]),
        ({"type": "TestNumberOfRows", "is_in": [1, 2]}, [("row_count", None, "rows", "in", (1, 2))]),
        (
            {"type": "TestColumnShareOfMissingValues", "column_name": "a", "lt": 0.1},
            [("missing_values", ("a",), "share", "lt", 0.1)],
        ),
        (
            {"type": "TestColumnQuantile", "column_name": "a", "quantile": 0.5, "gt": 3},
            [("quantiles", ("a",), "0.5", "gt", 3)],
        ),
        ({"type": "TestColumnDrift", "column_name": "a"}, [("value_drift", ("a",), "drifted", "eq", False)]),
    ],
)
def test_conditions_of_tests_become_tests_of_ours(item: dict[str, Any], tests: list[tuple[Any, ...]]) -> None:
    report, notes = mapped_report({"tests": [item]})
    found = [(one.metric, one.columns, one.field, one.condition, one.given) for one in report.tests]
    assert (found, notes) == (tests, ())


def test_tests_that_were_mapped_are_held_against_the_batch() -> None:
    config = {
        "tests": [
            {"type": "TestNumberOfRows", "gte": 50},
            {"type": "TestColumnDrift", "column_name": "x", "stattest": "psi"},
            {"type": "TestColumnQuantile", "column_name": "x", "quantile": 0.5, "gt": 3},
            {"type": "TestNumberOfMissingValues", "eq": 0},
        ]
    }
    sides = dataset(x=normal(100, 9, seed=1)), dataset(x=normal(100))
    outcomes = compute_report(*sides, mapped_report(config)[0]).tests
    assert [(one.metric, one.status.value) for one in outcomes] == [
        ("row_count", "pass"),
        ("value_drift", "fail"),
        ("quantiles", "pass"),
        ("dataset_missing_values", "pass"),
    ]


def test_drift_options_are_mapped() -> None:
    metric = {
        "type": "evidently:metric:DataDriftTable",
        "num_stattest": "wasserstein",
        "cat_stattest": "jensenshannon",
        "per_column_stattest": {"age": "psi"},
        "stattest_threshold": 0.2,
        "per_column_stattest_threshold": {"age": 0.3},
        "columns": ["age", "plan"],
    }
    report, notes = mapped_report({"metrics": [metric]})
    assert notes == ()
    assert report.drift.numeric_method == "wasserstein"
    assert report.drift.categorical_method == "jensen_shannon"
    assert (report.drift.column_methods, report.drift.column_thresholds) == ({"age": "psi"}, {"age": 0.3})
    assert report.drift.threshold == 0.2
    assert [(one.name, one.columns) for one in report.metrics or ()] == [("value_drift", ("age", "plan"))]


def test_a_columns_own_drift_test_and_quantile_are_mapped() -> None:
    column = {"type": "evidently:base:ColumnName", "name": "n0"}
    items = [
        {
            "type": "evidently:metric:ColumnDriftMetric",
            "column_name": column,
            "stattest": "psi",
            "stattest_threshold": 0.2,
        },
        {"type": "evidently.metrics.ColumnQuantileMetric", "column_name": "n0", "quantile": 0.9},
    ]
    report, _ = mapped_report({"metrics": items})
    assert [(one.name, one.columns, dict(one.parameters)) for one in report.metrics or ()] == [
        ("value_drift", ("n0",), {"method": "psi", "threshold": 0.2}),
        ("quantiles", ("n0",), {"probabilities": [0.9]}),
    ]


def test_a_metric_without_a_counterpart_is_kept_and_warned_of_with_its_line() -> None:
    unknown = {"type": "evidently:metric:RegressionErrorNormality", "x": 1}
    given = with_part("report_config.metrics", [unknown, {"type": "evidently:metric:DataDriftTable"}])
    text = json.dumps(given, indent=2)
    collectors = parse_collectors(text, "collector_config.json")
    (warning,) = collectors.warnings
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "RegressionErrorNormality" in one) - 1
    assert (warning.line, warning.path[-2:]) == (line, ("metrics", 0))
    assert "RegressionErrorNormality has no counterpart and is not computed" in str(warning)
    hourly = collectors.collectors[0]
    assert [one.name for one in hourly.report.metrics or ()] == ["value_drift"]
    assert hourly.evidently_report is not None
    assert hourly.evidently_report["metrics"][0] == unknown


def test_a_report_of_which_nothing_is_known_becomes_the_default_report() -> None:
    report, notes = mapped_report({"metrics": [{"type": "evidently:metric:Nope"}]})
    assert report.metrics is None
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"type": "evidently:metric:DataDriftTable", "stattest": "my_own"}, "drift test 'my_own' has no counterpart"),
        ({"type": "evidently:metric:DataDriftTable", "text_stattest": "perc_text"}, "text columns are not compared"),
        ({"type": "evidently:metric:DatasetDriftMetric", "columns": ["a"]}, "is that of all columns"),
        ({"type": "evidently:test:TestNumberOfRows", "not_eq": 5}, "its condition not_eq is not tested"),
        (
            {"type": "evidently:test:TestNumberOfRows", "eq": {"value": 5, "relative": 0.1}},
            "condition eq is not tested",
        ),
        ({"type": "evidently:test:TestColumnDrift", "column_name": "a", "lt": 0.1}, "its condition lt is not tested"),
        ({"type": "evidently:metric:DataDriftTable", "drift_share": 7}, "so the default report is"),
        ("evidently:metric:Nope", "Nope has no counterpart"),
    ],
)
def test_what_is_not_computed_is_said(item: object, words: str) -> None:
    _, notes = mapped_report({"metrics": [item]})
    assert [words in message for _, message in notes] == [True]


def test_the_first_of_two_different_drift_options_counts() -> None:
    items = [{"type": "evidently:metric:DatasetDriftMetric", "drift_share": share} for share in (0.5, 0.7)]
    report, notes = mapped_report({"metrics": items})
    assert report.drift.share == 0.5
    assert [path for path, _ in notes] == [("metrics", 1, "drift_share")]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("trigger.interval", 0, "trigger.interval = 0: has to be longer than 0"),
        ("trigger.type", "evidently:collector_trigger:Nope", "has the unknown type 'Nope'; known are IntervalTrigger"),
        ("trigger.type", "evidently:collector_trigger:IntervallTrigger", "did you mean IntervalTrigger?"),
        ("trigger.type", None, "trigger: has the unknown type 'no type'"),
        ("project_id", None, "project_id = null: has to be a text; write a text, or leave it out"),
        ("api_url", "localhost", "is not a web address"),
        ("report_config", [], "report_config: has to be a mapping"),
    ],
)
def test_a_fault_is_told_in_terms_of_evidentlys_file(path: str, value: object, words: str) -> None:
    with pytest.raises(CollectorsInvalidError) as refused:
        mapped(with_part(path, value))
    assert words in str(refused.value)
    assert "collectors.hourly." in str(refused.value)


def test_fields_that_mean_nothing_here_are_left_out() -> None:
    assert mapped(with_part("is_cloud", True))["hourly"] == mapped()["hourly"]
    assert mapped(with_part("some_new_field", {"x": 1}))["hourly"] == mapped()["hourly"]
