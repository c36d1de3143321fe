"""What a demonstration is set in, and how it judges what came of it."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from streams.cli.demo.outcome import misplaced
from streams.cli.demo.scene import HOUR_MS, Scene, calendar_windows, plan_traffic, set_scene
from streams.core.reports.results import Entry, Report
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import BatchFacts, Snapshot, failed_snapshot, report_snapshot
from streams.settings import Flags, load_settings
from streams.stores.references import ReferenceCacheState

NOW_MS = 1_795_222_860_000  # 2026-11-21T01:01Z


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "run", "demo-1", "a:1", plan_traffic(20_000, 0, NOW_MS))


def snapshot(scene: Scene, hours: float, verdict: Verdict, rows: int = 5_000) -> Snapshot:
    """A window of half an hour, so many hours after the moment of drift."""
    start_ms = (scene.plan.drift_from_ms or 0) + round(hours * HOUR_MS)
    facts = BatchFacts(
        collector_id="c", batch_id=f"b{hours}", start_ms=start_ms, end_ms=start_ms + HOUR_MS // 2, rows=rows
    )
    entry = Entry(metric="dataset_drift", current={"share": 0.4})
    return report_snapshot(
        facts, Report(format=1, config_hash="h", columns={}, entries=(entry,), verdict=verdict), None
    )


def test_all_windows_are_over_when_the_demonstration_begins(scene: Scene) -> None:
    assert scene.plan.end_ms + 60_000 < NOW_MS
    assert scene.plan.end_ms % HOUR_MS == 0


def test_the_drift_begins_with_a_window(scene: Scene) -> None:
    set_scene(scene, 1)

    assert scene.plan.drift_from_ms in {end_ms for _, end_ms in calendar_windows(scene)}


def test_the_folder_configures_every_part(scene: Scene) -> None:
    set_scene(scene, 6067)

    settings = load_settings({}, Flags(config=scene.settings_file))
    assert settings.kafka.bootstrap_servers == "a:1"
    assert settings.topics.dead_letters == "demo-1.dead-letters"
    assert settings.web.port == 6067
    assert settings.collectors == scene.collectors_file.resolve()


def test_the_reference_is_where_the_collectors_look_for_it(scene: Scene) -> None:
    set_scene(scene, 1)

    reference = ReferenceCacheState(scene.collectors_file.parent).load("reference.parquet")
    assert reference.table.equals(pq.read_table(scene.folder / "reference.parquet"))
    assert reference.table.num_rows > 1_000


def test_drift_on_the_right_side_is_in_its_place(scene: Scene) -> None:
    snapshots = [snapshot(scene, -0.5, Verdict.NOT_DRIFTED), snapshot(scene, 0, Verdict.DRIFTED)]

    assert list(misplaced(scene, snapshots)) == []


@pytest.mark.parametrize(("hours", "verdict"), [(-0.5, Verdict.DRIFTED), (0, Verdict.NOT_DRIFTED)])
def test_drift_on_the_wrong_side_is_named(scene: Scene, hours: float, verdict: Verdict) -> None:
    right = [snapshot(scene, -2, Verdict.NOT_DRIFTED), snapshot(scene, 2, Verdict.DRIFTED)]

    (said,) = misplaced(scene, [*right, snapshot(scene, hours, verdict)])

    assert f"{verdict.value} (share 0.4), expected" in said


def test_a_window_across_the_moment_of_drift_may_say_either(scene: Scene) -> None:
    right = [snapshot(scene, -2, Verdict.NOT_DRIFTED), snapshot(scene, 2, Verdict.DRIFTED)]

    assert list(misplaced(scene, [*right, snapshot(scene, -0.25, Verdict.DRIFTED)])) == []


def test_a_window_of_a_few_rows_is_not_judged(scene: Scene) -> None:
    right = [snapshot(scene, -2, Verdict.NOT_DRIFTED), snapshot(scene, 2, Verdict.DRIFTED)]

    assert list(misplaced(scene, [*right, snapshot(scene, -1, Verdict.DRIFTED, rows=20)])) == []


def test_a_side_without_any_window_is_missed(scene: Scene) -> None:
    assert list(misplaced(scene, [snapshot(scene, -2, Verdict.NOT_DRIFTED)])) == [
        "no window was expected to be drifted"
    ]


def test_a_report_that_failed_is_trouble(scene: Scene) -> None:
    right = [snapshot(scene, -2, Verdict.NOT_DRIFTED), snapshot(scene, 2, Verdict.DRIFTED)]
    failed = failed_snapshot(BatchFacts(collector_id="c", batch_id="b"), "h", None, "no such reference")

    (said,) = misplaced(scene, [*right, failed])

    assert "no such reference" in said
