"""How a replay's windows are compared with the live ones."""

import msgspec

from streams.core.batches.manifest import Manifest, StoredObject
from streams.core.replay.diff import Current, Reported, beyond, changes, compare
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import Snapshot
from streams.core.windows.plan import Trigger, WindowPlan
from tests.core.replay.test_job import JOB, MINUTE, TEN

PLAN = WindowPlan("c", "h", Trigger("interval", interval_ms=10))


def batch(start: int, rows: int = 3, verdict: Verdict = Verdict.NOT_DRIFTED) -> Reported:
    manifest = Manifest(
        batch_id=f"b{start}",
        plan=PLAN,
        source_topic="predictions",
        start_ms=start,
        end_ms=start + 10,
        sequence=0,
        rows=rows,
        late_rows=0,
        dropped={},
        source=(),
        rows_object=None,
        late_object=None,
    )
    snapshot = Snapshot(
        id="s", collector_id="c", batch_id=manifest.batch_id, rows=rows, report_hash="r", verdict=verdict
    )
    return Reported(manifest, snapshot)


def test_equal_bytes_are_the_same() -> None:
    (found,) = compare([batch(0)], [batch(0)])
    assert found.same


def test_rows_and_verdicts_that_differ_are_told_apart() -> None:
    rows, verdict = compare([batch(0), batch(10)], [batch(0, rows=4), batch(10, verdict=Verdict.DRIFTED)])
    assert (rows.batch, rows.snapshot, rows.rows) == ("differs", "differs", (3, 4))
    assert (verdict.batch, verdict.snapshot, verdict.verdict) == ("same", "differs", ("not_drifted", "drifted"))


def test_windows_of_one_side_alone_are_named() -> None:
    first, last = compare([batch(0)], [batch(10)])
    assert (first.start_ms, first.batch, first.rows) == (0, "only live", (3, None))
    assert (last.start_ms, last.batch, last.rows) == (10, "only replay", (None, 3))


def test_a_batch_without_a_snapshot_yet_is_no_difference_of_batches() -> None:
    (found,) = compare([batch(0)], [Reported(batch(0).manifest, None)])
    assert (found.batch, found.snapshot) == ("same", "only live")
    assert not msgspec.structs.asdict(found)["verdict"][1]


def test_rows_that_lie_in_the_folder_of_a_run_are_the_same_rows() -> None:
    home = with_rows(batch(0))
    moved = Reported(home.manifest.below("replays/r1/"), home.snapshot)
    assert moved.manifest.rows_object
    assert moved.manifest.rows_object.key.startswith("replays/r1/batches/c/")
    (found,) = compare([moved], [home])
    assert found.same


def test_only_what_is_not_current_yet_is_to_be_promoted() -> None:
    made = with_rows(batch(0))
    assert made.snapshot
    sha256 = made.snapshot.content_sha256
    promoted = Current(made.manifest.below("replays/r1/"), sha256)
    assert not list(changes([made], {"b0": promoted}))
    assert list(changes([made], {"b0": Current(made.manifest, "other")})) == [made]
    assert list(changes([made], {"b0": Current(batch(0, rows=4).manifest, sha256)})) == [made]
    assert list(changes([made], {})) == [made]
    assert not list(changes([Reported(made.manifest, None)], {}))


def with_rows(each: Reported) -> Reported:
    stored = StoredObject(f"{each.manifest.batch_folder}/rows.parquet", 1, "a" * 64)
    return Reported(msgspec.structs.replace(each.manifest, rows_object=stored), each.snapshot)


def test_a_window_of_which_a_part_alone_was_asked_for_is_named_as_not_compared() -> None:
    plan = WindowPlan("c", "h", TEN)
    assert beyond(plan, JOB) == []
    odd = msgspec.structs.replace(JOB, from_ms=JOB.from_ms + MINUTE, to_ms=JOB.to_ms + MINUTE)
    assert beyond(plan, odd) == [
        "the window from 1970-01-01T01:40:00.000Z to 1970-01-01T01:50:00.000Z, of which a part alone was asked for",
        "the window from 1970-01-01T02:00:00.000Z to 1970-01-01T02:10:00.000Z, of which a part alone was asked for",
    ]
    assert beyond(WindowPlan("c", "h", Trigger("rows", rows=5)), odd) == []
