"""An audit passes what is whole, and names every sort of damage."""

from __future__ import annotations

import io
from copy import deepcopy

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.core.audit.audit import AuditScope
from streams.core.audit.findings import AuditReport
from streams.core.batches.manifest import encode_manifest
from streams.core.windows.account import decode_account, encode_account
from streams.core.windows.state import CollectedRecord
from tests.core.audit.clean_run import CleanRun, clean_run
from tests.core.test_snapshots import make_quality


@pytest.fixture(scope="module")
def made() -> CleanRun:
    return clean_run()


@pytest.fixture
def run(made: CleanRun) -> CleanRun:
    return deepcopy(made)


def found(report: AuditReport) -> set[str]:
    return {finding.check for finding in report.findings}


def said(report: AuditReport) -> str:
    return "\n".join(f"{each.where}: {each.problem}" for each in report.findings)


def replaced(record: CollectedRecord, **changes: object) -> CollectedRecord:
    account = decode_account(record.value)
    return CollectedRecord(record.offset, "account", encode_account(msgspec.structs.replace(account, **changes)))


def test_a_clean_run_passes_and_its_sums_are_told(run: CleanRun) -> None:
    report = run.audited()

    assert said(report) == ""
    assert [(each.partition, each.first, each.next, each.events, each.dead) for each in report.sources] == [
        ("predictions-0", 0, 45, 45, 1),
        ("predictions-1", 0, 45, 45, 0),
    ]
    for each in report.collectors:
        assert each.read == each.kept + sum(each.dropped.values()) == 90
    by_ten, by_seven, sampled = (next(c for c in report.collectors if c.collector == name) for name in NAMES)
    assert by_ten.batched + by_ten.waiting == by_ten.kept
    assert by_seven.batched + by_seven.waiting == by_seven.kept
    assert sampled.batched == 3 * sampled.batches


NAMES = ("every-ten", "every-seven", "sampled")


def test_accounts_of_many_records_give_the_same_batches_and_sums(run: CleanRun) -> None:
    parted = clean_run(parted=True)
    assert len(parted.logs[0]) > len(run.logs[0])
    assert parted.manifests == run.manifests
    assert said(parted.audited()) == ""
    assert parted.audited().collectors == run.audited().collectors
    assert parted.audited().sources == run.audited().sources


def test_one_collector_and_one_stretch_can_be_audited_alone(run: CleanRun) -> None:
    part = run.audited(AuditScope(from_ms=8, to_ms=30))
    assert said(part) == ""
    assert 0 < part.sources[0].first < part.sources[0].next < 45
    alone = run.audited(AuditScope(collector="every-ten"))
    assert {each.collector for each in alone.collectors} == {"every-ten"}


def test_a_missing_object_is_named(run: CleanRun) -> None:
    stored = run.batch_of("every-ten").rows_object
    assert stored is not None
    del run.objects[stored.key]
    report = run.audited()
    assert f"object {stored.key} is missing" in said(report)


def test_a_missing_snapshot_object_is_named(run: CleanRun) -> None:
    key = f"{run.batch_of('sampled').snapshot_folder}/snapshot.json"
    del run.objects[key]
    assert said(run.audited()).endswith(f"object {key} is missing")


def test_altered_bytes_are_named(run: CleanRun) -> None:
    stored = run.batch_of("every-ten").rows_object
    assert stored is not None
    run.objects[stored.key] = run.objects[stored.key][:-1] + b"?"
    assert f"object {stored.key} has other bytes" in said(run.audited())


def test_a_manifest_that_differs_from_its_object_is_named(run: CleanRun) -> None:
    key = f"{run.batch_of('every-ten').batch_folder}/manifest.json"
    run.objects[key] += b" "
    assert f"object {key} differs from the manifest on the topic" in said(run.audited())


def test_a_lost_segment_is_found_by_the_account_that_counts_its_events(run: CleanRun) -> None:
    lost = next(n for n, each in enumerate(run.logs[0]) if each.kind == "segment" and n > 4)
    del run.logs[0][lost]
    report = run.audited()
    assert "events" in found(report)
    assert "collector every-ten, collected partition 0: " in said(report)
    assert "events are neither kept nor dropped: a segment is lost (predictions-0 offsets 15 to 19" in said(report)


def test_a_segment_that_is_there_twice_is_found(run: CleanRun) -> None:
    again = next(each for each in run.logs[0] if each.kind == "segment")
    run.logs[0].append(CollectedRecord(10_000, "segment", again.value))
    report = run.audited()
    assert "events were kept twice: predictions-0 offsets 1, 2, 3; predictions-1" in said(report)


def test_a_doubled_manifest_is_named(run: CleanRun) -> None:
    manifest = run.batch_of("every-ten")
    run.manifests.append(manifest)
    report = run.audited()
    assert said(report) == (
        f"batch {manifest.batch_id} of collector every-ten: announced twice: partition 0 offset 0 and partition 0"
        f" offset {len(run.manifests) - 1}"
    )


def test_a_lost_manifest_leaves_rows_in_no_batch(run: CleanRun) -> None:
    manifest = run.batch_of("every-ten")
    run.manifests.remove(manifest)
    report = run.audited()
    assert {"batch rows", "dropped counts"} <= found(report)
    assert f"{manifest.rows + 7} kept rows are in no batch, but 7 wait" in said(report)


def test_a_gap_of_offsets_is_named(run: CleanRun) -> None:
    lost = [n for n, each in enumerate(run.logs[1]) if each.kind == "account"][3]
    del run.logs[1][lost]
    report = run.audited()
    assert "predictions-0, collected partition 1: gap: no account of offsets 15 to 19" in said(report)


def test_accounts_that_are_lost_at_either_end_are_a_gap(run: CleanRun) -> None:
    accounts = [each for each in run.logs[1] if each.kind == "account"]
    run.logs[1] = [each for each in run.logs[1] if each is not accounts[0] and each is not accounts[-1]]
    report = run.audited()
    assert "collected partition 1: gap: no account of offsets 0 to 4" in said(report)
    assert "collected partition 1: gap: no account of offsets 40 to 44" in said(report)


def test_an_overlap_of_offsets_is_named(run: CleanRun) -> None:
    place = [n for n, each in enumerate(run.logs[1]) if each.kind == "account"][3]
    ranges = decode_account(run.logs[1][place].value).ranges
    earlier = tuple(msgspec.structs.replace(each, first=each.first - 2) for each in ranges)
    run.logs[1][place] = replaced(run.logs[1][place], ranges=earlier)
    assert "overlap: two accounts of offsets 13 to 14" in said(run.audited())


def test_a_loss_that_an_account_admits_is_still_a_finding(run: CleanRun) -> None:
    for records in run.logs.values():
        for place, record in enumerate(records):
            if record.kind == "account" and decode_account(record.value).ranges[0].first >= 20:
                ranges = decode_account(record.value).ranges
                moved = [msgspec.structs.replace(r, first=r.first + 100, next=r.next + 100) for r in ranges[:1]]
                gap = [msgspec.structs.replace(moved[0], gap=20) if ranges[0].first == 20 else moved[0]]
                records[place] = replaced(record, ranges=(*gap, *ranges[1:]))
    assert "no account of offsets 20 to 119 for good, as the account says" in said(run.audited())


def test_a_lost_and_a_doubled_dead_letter_are_named(run: CleanRun) -> None:
    (letter,) = run.letters
    run.letters = []
    assert "predictions-0 offsets 10 to 14: 1 messages went to the dead letters, 0 are there" in said(run.audited())
    run.letters = [letter, letter]
    assert "predictions-0 offset 12: the message is among the dead letters more than once" in said(run.audited())


def test_a_row_that_its_batch_refused_is_accounted_for_by_its_dead_letter(run: CleanRun) -> None:
    batch = run.batch_of("every-ten")
    run.rewrite(batch, lambda rows: rows.slice(1))
    place = next(n for n, each in enumerate(run.manifests) if each.batch_id == batch.batch_id)
    dropped = {**batch.dropped, "unprocessable": 1}
    run.manifests[place] = msgspec.structs.replace(run.manifests[place], dropped=dropped)
    run.objects[f"{batch.batch_folder}/manifest.json"] = encode_manifest(run.manifests[place])
    assert said(run.audited()) == (
        f"batch {batch.batch_id} of collector every-ten: 1 of its rows are dead letters by its manifest, 0 are there"
    )
    run.letters.append(("predictions", 1, 0, batch.batch_id))
    assert said(run.audited()) == ""


def test_rows_that_two_batches_hold_are_named(run: CleanRun) -> None:
    first, second = [each for each in run.manifests if each.plan.collector_id == "every-ten"][:2]
    assert first.rows_object is not None
    content = run.objects[first.rows_object.key]
    run.rewrite(second, lambda rows: pa.concat_tables([rows, _table(content).slice(0, 1)]))
    report = run.audited()
    assert "1 rows are in two batches" in said(report)
    assert first.batch_id in said(report)
    assert second.batch_id in said(report)


def test_a_row_that_a_batch_lost_is_named(run: CleanRun) -> None:
    run.rewrite(run.batch_of("every-ten"), lambda rows: rows.slice(1))
    report = run.audited()
    assert found(report) == {"batch rows"}
    assert "8 kept rows are in no batch, but 7 wait in open windows and 0 were dropped" in said(report)


def test_a_row_from_nowhere_is_named(run: CleanRun) -> None:
    def with_stranger(rows: pa.Table) -> pa.Table:
        place = rows.schema.get_field_index("offset")
        return rows.set_column(place, "offset", pa.array([5, *rows["offset"].to_pylist()[1:]]))

    run.rewrite(run.batch_of("every-ten"), with_stranger)
    assert "1 rows are in no segment: predictions-1 offset 5" in said(run.audited())


def test_dropped_counts_that_no_manifest_holds_are_named(run: CleanRun) -> None:
    manifest = run.batch_of("every-ten")
    place = run.manifests.index(manifest)
    fewer = {**manifest.dropped, "sampled": manifest.dropped["sampled"] - 1}
    run.publish(msgspec.structs.replace(manifest, dropped=fewer), {})
    run.manifests[place] = run.manifests.pop()
    run.snapshots.pop()
    report = run.audited()
    assert found(report) == {"dropped counts"}
    assert "reason sampled" in said(report)


def test_a_snapshot_id_that_was_published_twice_is_named(run: CleanRun) -> None:
    run.snapshots.append(run.snapshots[0])
    assert f"snapshot {run.snapshots[0].id} of collector every-ten: its id was published twice" in said(run.audited())


def test_a_batch_without_a_snapshot_is_named(run: CleanRun) -> None:
    gone = run.snapshots.pop(0)
    del run.objects[f"{run.manifests[0].snapshot_folder}/snapshot.json"]
    report = run.audited()
    assert f"batch {gone.batch_id} of collector every-ten: the report stage is past it" in said(report)


def _table(content: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(content))


def test_revisions_of_model_quality_beside_reports_are_no_finding(run: CleanRun) -> None:
    run.snapshots += [make_quality(60), make_quality(61)]

    assert found(run.audited()) == set()


def test_a_revision_of_model_quality_that_goes_back_is_named(run: CleanRun) -> None:
    run.snapshots += [make_quality(61), make_quality(60)]

    report = run.audited()

    assert found(report) == {"snapshots"}
    assert "revision 60 was published after 61" in said(report)
