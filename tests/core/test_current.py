"""Which snapshot of a batch is current: the last report, and the model quality on the rows of that."""

from __future__ import annotations

import msgspec

from streams.core.current import judged
from streams.core.snapshots import Snapshot
from tests.core.test_snapshots import make_quality, make_snapshot

LIVE = make_snapshot()
PROMOTED = msgspec.structs.replace(LIVE, rows_hash="f" * 64)
PUNCTUAL = msgspec.structs.replace(LIVE, late_rows=0)


def outcome(*snapshots: Snapshot) -> list[tuple[Snapshot, bool]]:
    return [(each.snapshot, each.replaced) for each in judged(snapshots)]


def quality(revision: int, of: Snapshot) -> Snapshot:
    facts = {"rows_hash": of.rows_hash, "late_rows": of.late_rows, "late_hash": of.late_hash}
    return msgspec.structs.replace(make_quality(revision), **facts)


def test_the_last_report_replaces_those_before_it_even_under_one_id() -> None:
    assert LIVE.id == PROMOTED.id
    assert outcome(LIVE, PROMOTED) == [(LIVE, True), (PROMOTED, False)]


def test_a_report_that_comes_back_is_current_again_and_listed_once() -> None:
    assert outcome(LIVE, PROMOTED, LIVE) == [(PROMOTED, True), (LIVE, False)]


def test_reports_of_other_batches_replace_nothing() -> None:
    other = msgspec.structs.replace(LIVE, batch_id="a" * 32)
    assert outcome(LIVE, other) == [(LIVE, False), (other, False)]


def test_a_higher_revision_on_rows_that_were_replaced_is_not_current() -> None:
    former, own = quality(4108, LIVE), quality(1500, PROMOTED)
    assert outcome(LIVE, former, PROMOTED, own)[2:] == [(own, False)]
    assert outcome(LIVE, former, PROMOTED, own, quality(4109, LIVE))[2:] == [(own, False)]


def test_quality_with_other_late_rows_is_of_other_rows() -> None:
    assert outcome(PUNCTUAL, quality(60, LIVE)) == [(PUNCTUAL, False)]
    lates = [msgspec.structs.replace(LIVE, late_hash=each * 64) for each in "ab"]
    assert outcome(lates[0], quality(60, lates[1])) == [(lates[0], False)]


def test_the_highest_revision_is_current_and_needs_no_report() -> None:
    assert outcome(quality(61, LIVE), quality(60, LIVE)) == [(quality(61, LIVE), False)]


def test_a_revision_that_failed_and_was_tried_again_is_the_later_one() -> None:
    failed, again = msgspec.structs.replace(quality(60, LIVE), error="x"), quality(60, LIVE)
    assert outcome(failed, again) == [(again, False)]


def test_an_older_snapshot_without_the_hash_of_late_rows_goes_by_their_number() -> None:
    newer = quality(60, msgspec.structs.replace(LIVE, late_hash="a" * 64))
    assert outcome(LIVE, newer) == [(LIVE, False), (newer, False)]
