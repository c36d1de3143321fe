"""An audit of what a replay put in the place of a batch: one answer, on topics and in the store."""

from __future__ import annotations

import msgspec
import pytest

from streams.core.audit.findings import AuditReport
from streams.core.batches.manifest import Manifest, encode_manifest, replaced_key
from streams.core.snapshots import Snapshot
from tests.core.audit.clean_run import CleanRun, clean_run
from tests.core.test_snapshots import make_quality


@pytest.fixture
def run() -> CleanRun:
    return clean_run()


def said(report: AuditReport) -> str:
    return "\n".join(f"{each.where}: {each.problem}" for each in report.findings)


def promoted(run: CleanRun) -> tuple[Manifest, Manifest]:
    """A batch whose rows a replay put in another order of bytes: the former manifest, and the one in its place."""
    former = run.batch_of("every-ten")
    assert former.rows_object
    place = f"{former.batch_folder}/manifest.json"
    run.objects[replaced_key(place, run.objects[place])] = run.objects[place]
    manifest = former.below("replays/r1/")
    assert manifest.rows_object
    run.objects |= {place: encode_manifest(manifest), manifest.rows_object.key: run.objects[former.rows_object.key]}
    run.promote(manifest)
    return former, manifest


def test_what_a_replay_put_in_the_place_of_a_batch_passes(run: CleanRun) -> None:
    run.snapshots.append(quality_of(run, 61))
    promoted(run)
    run.snapshots.append(quality_of(run, 60))  # of rows that were read anew, fewer may be labelled
    assert said(run.audited()) == ""


def quality_of(run: CleanRun, revision: int) -> Snapshot:
    return msgspec.structs.replace(make_quality(revision), batch_id=run.batch_of("every-ten").batch_id)


def test_a_store_that_still_has_what_was_replaced_is_named(run: CleanRun) -> None:
    former, _ = promoted(run)
    place = f"{former.batch_folder}/manifest.json"
    run.objects[place] = encode_manifest(former)
    assert f"object {place} differs from the manifest on the topic" in said(run.audited())


def test_a_former_manifest_that_was_not_kept_is_named(run: CleanRun) -> None:
    former, _ = promoted(run)
    kept = replaced_key(f"{former.batch_folder}/manifest.json", encode_manifest(former))
    del run.objects[kept]
    assert f"object {kept} is missing" in said(run.audited())


def test_a_snapshot_that_counts_other_rows_than_what_was_promoted_is_named(run: CleanRun) -> None:
    _, manifest = promoted(run)
    run.snapshots[-1] = msgspec.structs.replace(run.snapshots[-1], rows=1)
    assert f"its snapshot counts 1 rows, its manifest {manifest.rows}" in said(run.audited())
