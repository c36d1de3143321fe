import hashlib
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.report import compute_report
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import (
    BatchFacts,
    LabelsUsed,
    ReferenceUsed,
    Snapshot,
    SnapshotFormatError,
    SourceRange,
    claimed,
    failed_snapshot,
    json_schema,
    quality_snapshot,
    report_snapshot,
)
from tests.core.reports.columns import dataset, normal

FACTS = BatchFacts(
    collector_id="fraud",
    batch_id="b" * 32,
    rows_hash="c" * 64,
    start_ms=1_763_719_200_000,
    end_ms=1_763_722_800_000,
    rows=100,
    late_rows=3,
    dropped={"source": 7, "caller": 2},
    source_ranges=(SourceRange(topic="predictions", partition=0, first=5, last=104),),
)
REFERENCE = ReferenceUsed(name="reference.parquet", hash="d" * 64)
CONFIG = ReportConfig()


def _reference() -> Dataset:
    return dataset(amount=normal(100), country=["de", "fr"] * 50)


def make_snapshot(mean: float = 0.0) -> Snapshot:
    batch = dataset(amount=normal(100, mean, seed=1), country=["de", "fr"] * 50)
    return report_snapshot(FACTS, compute_report(batch, _reference(), CONFIG), REFERENCE)


def make_quality(revision: int = 60) -> Snapshot:
    """A model's quality on half of the rows."""
    batch = dataset(prediction=["a", "b"] * 25, target=["a", "a"] * 25)
    report = compute_report(batch, None, ReportConfig.model_validate({"metrics": ["classification"]}))
    used = LabelsUsed(
        revision=revision, labelled=50, labelled_late=3, share=0.5, duplicates=revision - 50, hash="e" * 64
    )
    return quality_snapshot(FACTS, used, CONFIG.hash, None, report)


def test_model_quality_is_a_kind_of_its_own_and_a_report_does_not_show_that_there_is_one() -> None:
    quality, report = make_quality(), make_snapshot()

    assert Snapshot.from_json_bytes(quality.to_json_bytes()) == quality
    assert b'"kind":"quality"' in quality.to_json_bytes()
    assert not {"kind", "labels"} & msgspec.json.decode(report.to_json_bytes()).keys()  # as before there were labels
    assert (quality.format, report.format) == (2, 1)
    assert len({quality.id, make_quality(61).id, report.id}) == 3


def test_a_snapshot_survives_its_own_json() -> None:
    snapshot = make_snapshot()
    assert Snapshot.from_json_bytes(snapshot.to_json_bytes()) == snapshot


def test_the_verdict_is_the_reports() -> None:
    assert make_snapshot(mean=0).verdict is Verdict.NOT_DRIFTED
    drifted = make_snapshot(mean=9)
    assert drifted.verdict is Verdict.DRIFTED
    assert drifted.drift["drifted_columns"] == ["amount"]


def test_the_id_is_a_function_of_batch_configuration_and_reference() -> None:
    report = compute_report(_reference(), _reference(), CONFIG)
    ids = {
        report_snapshot(FACTS, report, REFERENCE).id,
        report_snapshot(FACTS, report, None).id,
        report_snapshot(FACTS, report, ReferenceUsed(name="reference.parquet", hash="e" * 64)).id,
        report_snapshot(msgspec.structs.replace(FACTS, batch_id="a" * 32), report, REFERENCE).id,
        report_snapshot(FACTS, msgspec.structs.replace(report, config_hash="f"), REFERENCE).id,
    }
    assert len(ids) == 5
    renamed = ReferenceUsed(name="copy.parquet", hash=REFERENCE.hash)
    assert report_snapshot(FACTS, report, renamed).id == report_snapshot(FACTS, report, REFERENCE).id


def test_a_failed_report_leaves_a_snapshot_that_says_why_and_keeps_the_counts() -> None:
    snapshot = failed_snapshot(FACTS, CONFIG.hash, REFERENCE, "reference.parquet: not found")
    assert (snapshot.verdict, snapshot.report, snapshot.drift) == (Verdict.ERROR, None, {})
    assert snapshot.error == "reference.parquet: not found"
    assert snapshot.dropped == FACTS.dropped
    assert Snapshot.from_json_bytes(snapshot.to_json_bytes()) == snapshot


def test_keys_are_sorted_and_the_order_of_drop_reasons_does_not_show() -> None:
    turned = msgspec.structs.replace(FACTS, dropped={"caller": 2, "source": 7})
    report = compute_report(_reference(), _reference(), CONFIG)
    raw = report_snapshot(FACTS, report, REFERENCE).to_json_bytes()
    assert report_snapshot(turned, report, REFERENCE).to_json_bytes() == raw
    assert list(msgspec.json.decode(raw)) == sorted(msgspec.json.decode(raw))


def test_fields_of_later_versions_are_ignored() -> None:
    snapshot = make_snapshot()
    later = msgspec.json.decode(snapshot.to_json_bytes()) | {"colour": "red"}
    assert Snapshot.from_json_bytes(msgspec.json.encode(later)) == snapshot


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"{", "no snapshot: "),
        (b'{"id": 3}', "no snapshot: .*id"),
        (make_snapshot().to_json_bytes().replace(b'"format":1,"id"', b'"format":9,"id"'), "has format 9.*up to 3"),
    ],
)
def test_what_is_no_snapshot_or_a_newer_one_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(SnapshotFormatError, match=message):
        Snapshot.from_json_bytes(raw)


def test_a_claim_says_where_the_whole_snapshot_lies_and_has_its_headline() -> None:
    whole = make_snapshot(9)
    claim = Snapshot.from_json_bytes(claimed(whole, "snapshots/s.json").to_json_bytes())

    assert claim.claim
    assert (claim.claim.key, claim.claim.bytes) == ("snapshots/s.json", len(whole.to_json_bytes()))
    assert claim.claim.sha256 == hashlib.sha256(whole.to_json_bytes()).hexdigest()
    assert (claim.report, claim.format) == (None, 3)
    for field in ("id", "verdict", "rows", "dropped", "summary", "content_sha256"):
        assert getattr(claim, field) == getattr(whole, field), field
    told = {name: value for name, value in whole.drift.items() if name not in ("left_out", "not_compared")}
    assert claim.drift == told


def test_the_claim_on_model_quality_keeps_its_figures_and_labels() -> None:
    claim = claimed(make_quality(), "q.json")
    assert claim.labels_used == make_quality().labels_used
    assert [each.current for each in claim.entries if each.metric == "accuracy"] == [
        each.current for each in make_quality().entries if each.metric == "accuracy"
    ]


def test_a_claim_is_short_however_many_columns_and_tests_there_are() -> None:
    names = [f"feature {number} {'x' * 300}" for number in range(2_000)]
    tests = [{"metric": "missing_values", "field": "count", "eq": 1}]
    config = ReportConfig.model_validate({"metrics": ["value_drift", "dataset_drift", "summary"], "tests": tests})
    sides = [dataset(**dict.fromkeys(names, normal(30, mean))) for mean in (0, 9)]
    whole = report_snapshot(FACTS, compute_report(sides[0], sides[1], config), REFERENCE)
    claim = claimed(whole, "s.json")

    assert len(whole.to_json_bytes()) > 4_000_000
    assert len(claim.to_json_bytes()) < 20_000
    assert (claim.drift["columns"], claim.drift["count"], len(claim.drift["drifted_columns"])) == (2_000, 2_000, 20)
    assert (claim.summary.failed_count, len(claim.summary.failed_tests)) == (2_000, 20)


def test_a_text_too_long_for_anybody_is_cut_and_counted_and_two_of_them_stay_apart() -> None:
    long = ["x" * 300_000 + end for end in ("a", "b")]
    columns = {"country": long * 20, "n" * 400: ["x", "y"] * 20}
    report = compute_report(dataset(**columns), dataset(**columns), CONFIG)
    snapshot = report_snapshot(FACTS, report, REFERENCE)

    assert snapshot.texts_cut == 3
    assert len(snapshot.to_json_bytes()) < 30_000
    assert b"300,001 characters" in snapshot.to_json_bytes()
    assert snapshot.report
    histogram = snapshot.report.of("histogram", "country")
    assert histogram
    assert histogram.current
    assert len(set(histogram.current["labels"])) == 2
    (named,) = [name for name in snapshot.report.columns if name != "country"]
    assert snapshot.report.of("value_drift", named)


def test_a_snapshot_without_long_texts_does_not_show_that_they_would_be_cut() -> None:
    assert b"texts_cut" not in make_snapshot().to_json_bytes()


def test_the_reason_of_a_failure_is_cut_with_its_length() -> None:
    snapshot = failed_snapshot(FACTS, CONFIG.hash, None, "y" * 5_000_000)
    assert snapshot.error
    assert len(snapshot.error) == 1_000
    assert "5,000,000 characters" in snapshot.error


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_bytes_are_the_same_in_every_process(seed: str) -> None:
    program = (
        "import hashlib; from tests.core.test_snapshots import make_snapshot; "
        "print(hashlib.sha256(make_snapshot(3).to_json_bytes()).hexdigest())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": seed},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == hashlib.sha256(make_snapshot(3).to_json_bytes()).hexdigest()


def test_the_shipped_json_schema_is_the_snapshots() -> None:
    shipped = Path(__file__).parents[2] / "schemas" / "snapshot.schema.json"
    assert msgspec.json.decode(shipped.read_bytes()) == msgspec.json.decode(msgspec.json.encode(json_schema())), (
        "run scripts/generate_docs.py"
    )
