import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from streams.core.evidently.legacy_config import config_of_today
from streams.core.reports.config import ReportConfig

COLUMN = {"type": "evidently:base:ColumnName", "name": "age", "display_name": "age", "dataset": "main"}
ROWS = {"type": "evidently:metric_v2:RowCount"}


def mapped(item: Any, group: str = "metrics") -> dict[str, Any]:
    (found,) = config_of_today({group: [item]})["metrics"]
    return dict(found)


def test_items_of_0_7_stay_as_they_are() -> None:
    item = {"type": "evidently:metric_container:DataDriftPreset", "columns": ["age"], "drift_share": 0.3}
    assert config_of_today({"metrics": [item, ROWS], "include_tests": True}) == {
        "metrics": [item, ROWS],
        "include_tests": True,
    }


def test_what_else_a_configuration_of_0_7_has_is_kept() -> None:
    beside = {
        "descriptors": [{"type": "evidently:descriptor_v2:TextLength"}],
        "metadata": {"team": "fraud"},
        "tags": ["a"],
    }
    found = config_of_today({"metrics": [ROWS], "options": None, "tests": [], **beside})
    assert found == {"metrics": [ROWS], "include_tests": False, **beside}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"timestamp": 3}, "evidently.timestamp is nothing that Evidently 0.7 reads; leave it out"),
        ({"tags": "nightly"}, "evidently.tags is no list; write one"),
        ({"metadata": ["fraud"]}, "evidently.metadata is no dict; write one"),
    ],
)
def test_what_it_would_not_read_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        config_of_today({"metrics": [ROWS], **given})


def test_drift_options_get_their_names_of_today() -> None:
    given = {"type": "evidently:metric:DatasetDriftMetric", "stattest": "psi", "drift_share": 0.7, "columns": [COLUMN]}
    assert mapped(given | {"per_column_stattest": {"age": "ks"}, "num_stattest_threshold": 0.2}) == {
        "type": "evidently:metric_v2:DriftedColumnsCount",
        "method": "psi",
        "per_column_method": {"age": "ks"},
        "num_threshold": 0.2,
        "drift_share": 0.7,
        "columns": ["age"],
    }


def test_a_column_and_its_method_are_taken_over() -> None:
    given = {"type": "evidently:metric:ColumnDriftMetric", "column_name": COLUMN, "stattest": "psi"}
    assert mapped(given) == {"type": "evidently:metric_v2:ValueDrift", "column": "age", "method": "psi"}


@pytest.mark.parametrize(
    ("condition", "test"),
    [
        ({"gte": 5}, {"type": "evidently:test_v2:GreaterOrEqualMetricTest", "threshold": 5}),
        ({"eq": {"value": 5, "relative": 0.1}}, {"type": "evidently:test_v2:EqualMetricTest", "expected": 5}),
        ({"is_in": [1, 2]}, {"type": "evidently:test_v2:IsInMetricTest", "values": [1, 2]}),
    ],
)
def test_a_tests_condition_becomes_a_test_of_the_metric(condition: dict[str, Any], test: dict[str, Any]) -> None:
    assert mapped({"type": "evidently:test:TestNumberOfRows", **condition}, "tests") == ROWS | {"tests": [test]}


def test_a_test_of_a_share_tests_the_share() -> None:
    found = mapped({"type": "evidently:test:TestShareOfDriftedColumns", "lt": 0.3}, "tests")
    assert found["share_tests"] == [{"type": "evidently:test_v2:LessThanMetricTest", "threshold": 0.3}]


def test_class_paths_and_bare_names_are_known_too() -> None:
    assert mapped("evidently.metrics.DatasetSummaryMetric") == mapped("DatasetSummaryMetric")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"engine": "evidently"}, "evidently has no metrics; list some"),
        ({"engine": "evidently", "evidently": {"metrics": "all"}}, "evidently.metrics is not a list"),
        (
            {"engine": "evidently", "evidently": {"tests": ["TestNothing"]}},
            r"evidently.tests\[0\] has the type TestNothing, which Evidently 0.7 has no counterpart for; known are",
        ),
        ({"evidently": {"metrics": [ROWS]}}, "add `engine: evidently`"),
        ({"engine": "evidently", "evidently": {"metrics": [ROWS]}, "tests": []}, "tests is nothing that engine"),
        ({"data_definition": {}}, "data_definition is the configuration of another engine"),
    ],
)
def test_what_cannot_be_computed_is_said_with_its_remedy(report: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ReportConfig.model_validate(report)


def test_the_engine_is_part_of_the_reports_identity_and_our_own_keeps_its_hash() -> None:
    theirs = ReportConfig.model_validate({"engine": "evidently", "evidently": {"metrics": [ROWS]}})
    assert theirs.hash != ReportConfig().hash
    assert "engine" not in json.loads(ReportConfig().canonical_json())


def test_a_collector_services_file_can_be_copied_under_evidently() -> None:
    given = json.loads((Path(__file__).parents[2] / "data/evidently/report-config-legacy.json").read_text())
    kinds = [each["type"].rpartition(":")[2] for each in config_of_today(given)["metrics"]]
    assert kinds == ["DriftedColumnsCount", "DataDriftPreset", "ValueStats", "ValueDrift"]
