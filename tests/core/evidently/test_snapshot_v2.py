import json

from streams.core.evidently.facts import metadata, timestamp
from streams.core.evidently.legacy_snapshot import legacy_snapshot
from streams.core.evidently.snapshot_v2 import snapshot_v2
from streams.core.snapshots import failed_snapshot
from tests.core.test_snapshots import FACTS, make_snapshot


def test_a_metric_has_one_id_in_all_snapshots_whatever_its_value() -> None:
    first, second = (snapshot_v2(make_snapshot(mean)) for mean in (0, 9))

    assert list(first["metric_results"]) == list(second["metric_results"])
    assert first["metric_results"] != second["metric_results"]
    assert len(set(first["top_level_metrics"])) == len(first["top_level_metrics"])


def test_only_numbers_are_sent_that_json_has() -> None:
    assert json.dumps(snapshot_v2(make_snapshot()), allow_nan=False)


def test_details_can_be_left_out_where_the_whole_is_too_large() -> None:
    whole, short = (snapshot_v2(make_snapshot(), details=details) for details in (True, False))

    kinds = {
        each["metric_value_location"]["metric"]["params"]["type"].partition(":")[0]
        for each in short["metric_results"].values()
    }
    assert kinds == {"evidently"}
    assert len(short["metric_results"]) < len(whole["metric_results"])


def test_times_have_no_zone_and_metadata_are_texts() -> None:
    assert timestamp(make_snapshot()) == "2025-11-21T11:00:00.000"
    assert {type(value) for value in metadata(make_snapshot()).values()} == {str}


def test_the_generation_before_is_told_of_drift_or_of_nothing() -> None:
    told = legacy_snapshot(make_snapshot(9))

    assert told is not None
    assert [one["type"].rpartition(":")[2] for one in told["suite"]["metrics"]] == [
        "DatasetDriftMetric",
        "ColumnDriftMetric",
        "ColumnDriftMetric",
    ]
    assert legacy_snapshot(failed_snapshot(FACTS, "f" * 64, None, "why")) is None
