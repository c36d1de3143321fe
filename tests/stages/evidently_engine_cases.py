"""What `engine: evidently` computes with the real library. Run by test_evidently_engine.py, where the library is."""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from evidently import DataDefinition, Dataset, Report
from evidently.core.report import Snapshot as TheirSnapshot
from evidently.metrics import ValueDrift

from streams.core.collectors.parse import parse_collectors
from streams.core.reports.config import ReportConfig
from streams.core.reports.results import Entry
from streams.core.reports.results import Report as OurReport
from streams.core.reports.verdicts import Verdict
from streams.stages.evidently_engine import EngineUnusableError, require_engine
from tests.core.reports.columns import normal
from tests.core.reports.metrics.test_text_drift import _texts as texts
from tests.core.reports.scopes import entry_of as entry_of_metric
from tests.stages.evidently_engine_run import NAMES, PRESETS, by_evidently, published

ROWS = {"type": "evidently:metric_v2:RowCount"}


def report_of(folder: Path, config: ReportConfig) -> OurReport:
    snapshot = published(folder, config).snapshot
    assert snapshot.report is not None, snapshot.error
    return snapshot.report


def entry_of(report: OurReport, metric: str, column: str | None = None) -> dict[str, Any]:
    entry = report.of(metric, column)
    assert isinstance(entry, Entry)
    assert entry.current is not None
    return entry.current


def collector_with(report: dict[str, Any]) -> Any:
    declared = {"id": "c", "trigger": {"type": "rows", "rows": 5}, "report": report}
    return parse_collectors(json.dumps({"collectors": [declared]}), "c.json")


def test_values_and_decisions_are_those_of_the_library_and_of_our_own_engine(tmp_path: Path) -> None:
    frames = [pd.DataFrame({"amount": normal(200, mean, seed), "country": NAMES}) for mean, seed in ((3, 1), (0, 0))]
    theirs = json.loads(Report([ValueDrift(column="amount"), ValueDrift(column="country")]).run(*frames).dumps())
    scores = [theirs["metric_results"][name]["value"] for name in theirs["top_level_metrics"]]
    report, ours = report_of(tmp_path, by_evidently(PRESETS[0])), report_of(tmp_path, ReportConfig())
    for column, score in zip(("amount", "country"), scores, strict=True):
        drift, own = entry_of(report, "value_drift", column), entry_of(ours, "value_drift", column)
        assert drift["score"] == score == pytest.approx(own["score"], rel=1e-9)
        assert {**drift, "score": 0} == {**own, "score": 0}
    assert report.verdict is Verdict.DRIFTED
    whole = entry_of(report, "dataset_drift")
    assert (whole["drifted_columns"], whole["columns"], whole["left_out"]) == (
        ["amount"],
        2,
        {"extra": "not in the reference"},
    )


@pytest.mark.parametrize(("rows", "first"), [((200, 150), 8.0), ((1001, 300), 2.0)])
def test_text_drift_has_the_score_and_the_decision_of_the_library(rows: tuple[int, int], first: float) -> None:
    sides = texts(2, rows[0]), texts(1, rows[1], first)
    frames = [Dataset.from_pandas(pd.DataFrame(each), DataDefinition(text_columns=["note"])) for each in sides]
    run = Report([ValueDrift(column="note")], include_tests=True).run(frames[1], frames[0])
    (theirs,) = json.loads(run.dumps())["metric_results"].values()
    ours = entry_of_metric("text_drift", sides[1], sides[0], columns={"kinds": {"note": "text"}}).current
    assert ours is not None
    assert ours["score"] == pytest.approx(theirs["value"], abs=1e-9)
    assert ours["drifted"] == (theirs["tests"][0]["status"] == "FAIL")
    if rows[0] > 1000:
        assert theirs["metric_value_location"]["metric"]["params"]["threshold"] == ours["threshold"]


def test_descriptors_make_columns_and_tags_and_metadata_are_kept(tmp_path: Path) -> None:
    length = {"type": "evidently:descriptor_v2:TextLength", "column_name": "country", "alias": "letters"}
    asked = [{"type": "evidently:metric_v2:ValueDrift", "column": "letters"}]
    beside = {"descriptors": [length], "metadata": {"team": "fraud"}, "tags": ["nightly"], "options": []}
    made = published(tmp_path, by_evidently(*asked, **beside))
    report = made.snapshot.report
    assert report is not None, made.snapshot.error
    assert (report.columns["letters"], report.columns["country"]) == ("numeric", "categorical")
    assert entry_of(report, "value_drift", "letters")["drifted"] is False
    theirs = json.loads(made.evidently or b"")
    assert (theirs["metadata"], theirs["tags"]) == ({"team": "fraud"}, ["nightly"])


def test_a_descriptor_that_it_does_not_know_is_refused() -> None:
    (collector,) = collector_with(
        {
            "engine": "evidently",
            "evidently": {"metrics": [ROWS], "descriptors": [{"type": "evidently:descriptor_v2:No"}]},
        }
    )
    with pytest.raises(EngineUnusableError, match="collector c: Evidently cannot read `evidently`"):
        require_engine([collector])


def test_its_own_snapshot_is_the_same_each_time_and_the_library_reads_it(tmp_path: Path) -> None:
    first, again = (published(tmp_path, by_evidently(*PRESETS)) for _ in range(2))
    assert first == again
    assert first.evidently is not None
    read = TheirSnapshot.load_dict(json.loads(first.evidently))
    assert len(read.metric_results) == len(first.snapshot.report.entries if first.snapshot.report else ())
    assert b"drifted" in first.page


def test_tests_come_out_as_ours(tmp_path: Path) -> None:
    tests = [{"type": f"evidently:test_v2:{kind}MetricTest", "threshold": 150} for kind in ("GreaterThan", "LessThan")]
    report = report_of(tmp_path, by_evidently(ROWS | {"tests": tests}))
    found = [(each.metric, each.field, each.condition, each.expected, each.status.value) for each in report.tests]
    assert found == [("row_count", "rows", "gt", 150.0, "pass"), ("row_count", "rows", "lt", 150.0, "fail")]
    assert report.tests[1].reason


def test_a_configuration_of_before_0_7_is_mapped_and_computed(tmp_path: Path) -> None:
    column = {"type": "evidently:base:ColumnName", "name": "amount", "display_name": "amount", "dataset": "main"}
    metrics = [
        {"type": "evidently:metric:DatasetDriftMetric", "drift_share": 0.7},
        {"type": "evidently:metric:ColumnDriftMetric", "column_name": column, "stattest": "psi"},
        {"type": "evidently:metric:ColumnSummaryMetric", "column_name": column},
        "evidently.metrics.DatasetMissingValuesMetric",
    ]
    tests = [{"type": "evidently:test:TestNumberOfRows", "gte": 1000}]
    report = report_of(tmp_path, by_evidently(*metrics, tests=tests))
    assert entry_of(report, "value_drift", "amount")["method"] == "psi"
    assert not entry_of(report, "dataset_drift")["drifted"]
    assert [(each.condition, each.status.value) for each in report.tests if each.metric == "row_count"] == [
        ("gte", "fail")
    ]
    assert {"evidently:MeanValue", "evidently:DatasetMissingValueCount"} <= {each.metric for each in report.entries}


def test_a_batch_without_rows_says_nothing(tmp_path: Path) -> None:
    made = published(tmp_path, by_evidently(*PRESETS), rows=0)
    assert (made.snapshot.error, made.evidently) == (None, None)
    assert not made.snapshot.evidently_sha256
    assert made.snapshot.verdict is Verdict.NOT_ASKED


def test_what_fails_in_the_library_is_an_error_snapshot(tmp_path: Path) -> None:
    made = published(tmp_path, by_evidently({"type": "evidently:metric_v2:MeanValue", "column": "nobody"}))
    assert made.snapshot.verdict is Verdict.ERROR
    assert re.search("nobody", made.snapshot.error or "")


def test_what_the_library_does_not_know_is_refused_before_anything_runs() -> None:
    require_engine(collector_with({"engine": "evidently", "evidently": {"metrics": PRESETS}}))
    unknown = {"engine": "evidently", "evidently": {"metrics": [{"type": "evidently:metric_v2:NoSuchMetric"}]}}
    with pytest.raises(EngineUnusableError, match=r"collector c: Evidently cannot read .*NoSuchMetric"):
        require_engine(collector_with(unknown))
