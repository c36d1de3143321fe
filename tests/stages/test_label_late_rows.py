"""Labels of rows that came late: known as those of other rows are, and as good for the model's quality."""

from __future__ import annotations

from pathlib import Path

from streams.core.snapshots import LabelsUsed
from streams.stages.quality_run import QualityRun
from streams.stages.report_process import reporter
from tests.core.batches.closed_windows import collector_of
from tests.stages.labelling import LabelRun, run

__all__ = ["run"]
EVENTS = [{"id": f"e{number}", "prediction": "a"} for number in range(6)]
LABELS = [{"id": f"e{number}", "target": "ab"[number // 4], "time": 10 + number} for number in range(6)]


def used_by(run: LabelRun) -> LabelsUsed:
    (snapshot,) = run.snapshots()
    assert snapshot.labels_used is not None
    return snapshot.labels_used


def accuracy(run: LabelRun) -> float:
    report = run.snapshots()[-1].report
    entry = report and report.of("accuracy")
    assert entry
    assert entry.current
    return float(entry.current["value"])


def test_labels_of_late_rows_are_known_and_part_of_the_quality(run: LabelRun) -> None:
    run.batch(*EVENTS[:4], late=EVENTS[4:])
    run.label(*LABELS[:5], {"id": "nobody", "target": "a"})
    run.settle()

    used = used_by(run)
    assert (used.labelled, used.labelled_late, used.revision) == (5, 1, 5)
    assert used.share == 5 / 6
    assert accuracy(run) == 4 / 5
    assert (run.counted("joined"), run.counted("waiting")) == (5, 1)


def test_labels_before_their_batch_wait_for_its_late_rows(run: LabelRun) -> None:
    run.label(*LABELS)
    run.settle()
    run.batch(*EVENTS[:4], late=EVENTS[4:])
    run.settle()

    assert (used_by(run).labelled, used_by(run).labelled_late) == (6, 2)
    assert run.counted("joined_later") == 6


def test_a_window_of_late_rows_alone_has_a_quality(run: LabelRun) -> None:
    run.batch(late=EVENTS[3:5])
    run.label(*LABELS)
    run.settle()

    assert (used_by(run).labelled, used_by(run).labelled_late, used_by(run).share) == (2, 2, 1.0)
    assert accuracy(run) == 0.5


def test_late_rows_that_no_sample_of_the_window_saw_stay_out_of_the_figures(tmp_path: Path) -> None:
    sampling = collector_of(id="scores", operators=[{"type": "reservoir_sample", "rows": 4}])
    run = LabelRun(tmp_path, sampling)
    run.batch(*EVENTS[:4], late=EVENTS[4:])
    run.label(*LABELS)
    run.settle()

    used = used_by(run)
    assert (used.labelled, used.labelled_late, used.share, used.revision) == (4, 0, 1.0, 4)
    assert accuracy(run) == 1.0
    assert (run.counted("joined"), run.counted("waiting")) == (6, 0)


def test_quality_that_is_computed_anew_is_the_same_with_late_rows(run: LabelRun) -> None:
    manifest = run.batch(*EVENTS[:4], late=EVENTS[4:])
    run.label(*LABELS)
    run.settle()

    anew = QualityRun(run.store, {run.collector.id: run.collector}, reporter(), run.stage.prepare)
    joined = anew.join([manifest], [run.log()])

    assert joined.outcomes["joined"] == 6
    assert [each.to_json_bytes() for _, each in anew.computed([manifest], joined)] == list(run.latest().values())
