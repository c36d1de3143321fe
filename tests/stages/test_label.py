"""The label stage between two logs: who comes first, who crashes, and what is counted."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.core.snapshots import Snapshot
from streams.kafka.errors import KafkaStageError
from streams.kafka.items import Start
from streams.stores.errors import StoreUnavailableError
from streams.stores.folder import FolderObjects
from tests.stages.labelling import REVISE_MS, WAIT_MS, LabelRun, run

__all__ = ["run"]
EVENTS = [{"id": f"e{number}", "prediction": "ab"[number % 2]} for number in range(8)]
LABELS = [{"id": f"e{number}", "target": "aabb"[number % 4], "time": 10 + number} for number in range(8)]


def test_labels_after_their_batch_make_a_snapshot_of_model_quality(run: LabelRun) -> None:
    batch = run.batch(*EVENTS)
    run.label(*LABELS[:4])

    run.settle()

    (snapshot,) = run.snapshots()
    assert (snapshot.kind, snapshot.batch_id, snapshot.rows) == ("quality", batch.batch_id, 8)
    used = snapshot.labels_used
    assert used is not None
    assert (used.revision, used.labelled, used.share, used.duplicates) == (4, 4, 0.5, 0)
    assert snapshot.report is not None
    accuracy = snapshot.report.of("accuracy")
    assert accuracy is not None
    assert accuracy.current is not None
    assert accuracy.current["value"] == 0.5


def test_labels_before_their_batch_wait_for_it(run: LabelRun) -> None:
    run.label(*LABELS)
    run.settle()
    assert run.snapshots() == []

    run.batch(*EVENTS)
    run.settle()

    assert [each.labels_used and each.labels_used.labelled for each in run.snapshots()] == [8]
    assert (run.counted("waiting"), run.counted("joined_later"), run.counted("joined")) == (8, 8, 0)


def test_labels_wait_for_a_batch_through_a_restart(run: LabelRun) -> None:
    run.label(*LABELS)
    run.settle()

    run.start()
    run.batch(*EVENTS)
    run.settle()

    assert [each.labels_used and each.labels_used.labelled for each in run.snapshots()] == [8]


def test_labels_that_were_read_and_not_yet_published_are_read_again_after_a_crash(run: LabelRun) -> None:
    run.batch(*EVENTS)
    run.tick()
    run.commit()
    run.label(*LABELS)
    run.take()
    run.tick()
    run.commit()
    run.start()
    run.settle()

    assert [each.labels_used and each.labels_used.labelled for each in run.snapshots()] == [8]


def test_a_revision_is_of_all_that_came_while_it_was_not_due(run: LabelRun) -> None:
    run.batch(*EVENTS)
    for label in LABELS:
        run.label(label)
        run.take()
        run.tick(REVISE_MS // 100)
    assert run.stage.checkpoint().offsets == []
    run.settle()

    assert [each.labels_used and each.labels_used.revision for each in run.snapshots()] == [8]


def test_the_latest_label_of_an_event_counts_and_the_others_are_counted(run: LabelRun) -> None:
    run.batch(*EVENTS[:2])
    run.label({"id": "e0", "target": "a", "time": 50}, {"id": "e0", "target": "b", "time": 40}, LABELS[1])
    run.settle()
    run.label({"id": "e1", "target": "b", "time": LABELS[1]["time"]})
    run.settle()

    first, second = run.snapshots()
    assert first.labels_used
    assert (first.labels_used.labelled, first.labels_used.duplicates) == (2, 1)
    assert second.labels_used
    assert (second.labels_used.revision, second.labels_used.duplicates) == (4, 2)
    assert [_accuracy(each) for each in (first, second)] == [0.5, 1.0]  # of equal times the last in the log counts


def test_an_event_that_two_collectors_want_is_labelled_in_both_batches(run: LabelRun) -> None:
    run.batch(*EVENTS[:4])
    run.label(*LABELS[:4])
    run.settle()
    run.batch(*EVENTS[2:6], hour=1)
    run.settle()

    assert [each.labels_used and each.labels_used.labelled for each in run.snapshots()] == [4, 2]
    assert run.counted("joined_later") == 0


def test_labels_of_unknown_events_are_counted_once_they_have_waited_long_enough(run: LabelRun) -> None:
    run.label(*({"id": f"nobody-{number}", "target": 1} for number in range(60_000)))
    run.settle()
    assert run.metrics.registry.get_sample_value("streams_labels_waiting") == 60_000
    run.tick(WAIT_MS + 1)
    run.commit()
    assert run.counted("unknown") == 60_000
    assert run.snapshots() == []


def test_what_is_no_label_becomes_a_dead_letter_once(run: LabelRun) -> None:
    run.batch(*EVENTS)
    run.label(LABELS[0], b'{"id": "e1"}', b"nothing")
    run.take()
    run.tick()
    run.commit()
    run.start()  # crashed before the revision was due: the letters come with it, and not before
    run.settle()

    reasons = [dict(each.headers or ())["__connect.errors.exception.message"] for each in run.outgoing[:-1]]
    assert len(reasons) == 2
    assert b"target: got null" in (reasons[0] or b"")
    assert run.counted("dead_letter") == 2
    reason = {"stage": "label", "reason": "MalformedError"}
    assert run.metrics.registry.get_sample_value("streams_dead_letters_total", reason) == 1


def test_a_worker_that_stands_by_does_nothing(run: LabelRun) -> None:
    run.batch(*EVENTS)
    run.label(*LABELS)
    run.stage.assign([], 1)

    assert not run.tick(REVISE_MS)
    assert run.stage.checkpoint().offsets == []


def test_a_store_that_is_away_costs_time_and_nothing_else(run: LabelRun, monkeypatch: pytest.MonkeyPatch) -> None:
    run.batch(*EVENTS)
    run.label(*LABELS)
    run.take()
    run.tick()

    def away(*_: object) -> None:
        raise StoreUnavailableError("away")

    with monkeypatch.context() as patched:
        patched.setattr(FolderObjects, "put", away)
        assert not run.tick(REVISE_MS)
    run.batch(*EVENTS, hour=1)
    with monkeypatch.context() as patched:
        patched.setattr(FolderObjects, "get", away)
        assert not run.tick(REVISE_MS)
    run.settle()

    assert [each.labels_used and each.labels_used.labelled for each in run.snapshots()] == [8, 8]


def test_labels_need_one_order(run: LabelRun) -> None:
    with pytest.raises(KafkaStageError, match="labels has 3 partitions: create it with 1"):
        run.stage.assign([Start(0, 0, "")], 3)


def test_a_label_of_a_batch_that_is_announced_again_is_joined_to_its_new_rows(run: LabelRun) -> None:
    run.batch(*EVENTS[:4])
    run.label(*LABELS)
    run.settle()
    run.batch(*EVENTS[:6])
    run.settle()

    assert [each.labels_used and each.labels_used.labelled for each in run.snapshots()] == [4, 6]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(1, 4)),
        st.tuples(st.just("tick"), st.sampled_from([0, REVISE_MS // 2, REVISE_MS])),
        st.tuples(st.just("batch"), st.just(0)),
        st.tuples(st.just("commit"), st.just(0)),
        st.tuples(st.just("crash"), st.just(0)),
    ),
    max_size=25,
)
MANY = [
    *LABELS,
    {"id": "e1", "target": "b", "time": 5},
    {"id": "e1", "target": "b", "time": 99},
    {"id": "nobody", "target": "b"},
    {"id": "e0", "target": "b", "time": 10},
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_last_revision_is_the_same_however_labels_batches_and_crashes_fall(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    run = LabelRun(tmp_path_factory.mktemp("run"))
    run.label(*MANY)
    to_come = [lambda: run.batch(*EVENTS[:5]), lambda: run.batch(*EVENTS[3:6], hour=1, late=EVENTS[6:])]
    for name, number in steps:
        if name == "take":
            run.take(number)
        elif name == "tick":
            run.tick(number)
        elif name == "batch" and to_come:
            to_come.pop(0)()
        elif name == "commit":
            run.commit()
        elif name == "crash":
            run.start()
    while to_come:
        to_come.pop(0)()
    run.settle()

    assert sorted(run.latest().values()) == _reference(tmp_path_factory)
    revisions = [(each.batch_id, each.labels_used.revision) for each in run.snapshots() if each.labels_used]
    assert len(set(revisions)) == len(revisions)
    assert sorted(revisions, key=lambda each: each[1]) == revisions or _grows(revisions)
    for batch, content in run.latest().items():
        (key, *_) = sorted(
            (key for key in run.store.keys("snapshots") if batch in key and ".json" in key), reverse=True
        )
        assert run.store.get(key) == content


def _grows(revisions: list[tuple[str, int]]) -> bool:
    return all(
        sorted(numbers) == numbers
        for batch in {batch for batch, _ in revisions}
        for numbers in [[number for each, number in revisions if each == batch]]
    )


_REFERENCE: list[list[bytes]] = []


def _reference(folders: pytest.TempPathFactory) -> list[bytes]:
    """What comes of it when nothing is cut and nobody crashes."""
    if not _REFERENCE:
        run = LabelRun(folders.mktemp("reference"))
        run.batch(*EVENTS[:5])
        run.batch(*EVENTS[3:6], hour=1, late=EVENTS[6:])
        run.label(*MANY)
        run.settle()
        _REFERENCE.append(sorted(run.latest().values()))
    return _REFERENCE[0]


def _accuracy(snapshot: Snapshot) -> float:
    entry = snapshot.report.of("accuracy") if snapshot.report else None
    assert entry is not None
    assert entry.current is not None
    return float(entry.current["value"])
