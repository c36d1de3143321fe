"""Labels of batches whose rows a promoted replay has replaced: one quality, on the rows that are current."""

from __future__ import annotations

from collections.abc import Iterable

from streams.core.batches.manifest import Manifest
from streams.core.events.messages import RawMessages
from streams.core.snapshots import Snapshot, failed_snapshot
from streams.stages.report import batch_facts
from streams.stores.folder import FolderObjects
from streams.stores.listing import latest_quality
from tests.stages.labelling import LabelRun, run
from tests.stored_batches import put_batch

__all__ = ["run"]


def test_a_promoted_batch_has_its_quality_computed_anew_on_its_own_rows(run: LabelRun) -> None:
    moved = promoted_later(run, [{"id": "e0"}, {"id": "e1"}], late=[{"id": "e2"}])
    run.label(*({"id": f"e{number}", "target": "a"} for number in range(3)))
    run.settle()
    run.announce(moved)
    run.settle()
    run.label({"id": "e1", "target": "b"}, {"id": "e2", "target": "b"})  # the latter is of no row any more
    run.settle()

    used = [each.labels_used for each in run.snapshots()]
    assert [(each.revision, each.labelled) for each in used if each] == [(3, 3), (2, 2), (3, 2)]
    (latest,) = latest_quality(run.store)
    assert Snapshot.from_json_bytes(run.store.get(latest.key)) == run.snapshots()[-1]
    assert run.counted("waiting") == 1


def test_a_promoted_batch_has_a_quality_on_stored_labels_that_no_worker_remembers(run: LabelRun) -> None:
    moved = promoted_later(run, [{"id": "e0"}, {"id": "e1"}], late=[{"id": "e2"}])
    run.label({"id": "e0", "target": "a"}, {"id": "e2", "target": "a"})
    run.settle()
    run.start()
    run.stage.read_back = _forgotten
    run.announce(moved)
    run.settle()

    assert [each.labels_used.revision for each in run.snapshots() if each.labels_used] == [2, 1]


def test_replaced_rows_without_labels_leave_no_quality(run: LabelRun) -> None:
    moved = promoted_later(run, [{"id": "e0"}], late=[{"id": "e2"}])
    run.label({"id": "e2", "target": "a"})
    run.settle()
    run.announce(moved)
    run.settle()

    assert len(run.snapshots()) == 1
    assert latest_quality(run.store) == ()


def promoted_later(run: LabelRun, rows: list[dict[str, str]], late: list[dict[str, str]]) -> Manifest:
    """Publish a batch with late rows; the same without them, as a replay made it, whose report is in the store."""
    live = run.batch(*({**each, "prediction": "a"} for each in rows), late=late)
    events = [{"model": {"id": "m"}, **each, "prediction": "a"} for each in rows]
    made = put_batch(FolderObjects(run.folder / "replays" / "r1"), run.collector, events, 0)
    assert made.batch_id == live.batch_id
    snapshot = failed_snapshot(batch_facts(made), "r", None, "never mind")
    for name in ("snapshot.json", "replaced/0123456789ab.json"):
        run.store.put(f"{made.snapshot_folder}/{name}", snapshot.to_json_bytes())
    return made.below("replays/r1/")


def _forgotten(_until: int) -> Iterable[RawMessages]:
    """No label is young enough to wait."""
    return ()
