"""How a replay's windows are compared with the live ones."""

import msgspec

from streams.core.batches.manifest import Manifest
from streams.core.replay.diff import Reported, compare
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import Snapshot
from streams.core.windows.plan import Trigger, WindowPlan

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
