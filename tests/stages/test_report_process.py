from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from streams.core.batches.manifest import Manifest
from streams.core.reports.config import ReportConfig
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import BatchFacts, Snapshot
from streams.stages.report_process import ReporterState, ReportJob
from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore
from tests.stages.batches_in_store import place_of, put_batch


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_objects(str(tmp_path))


def _rows(mean: float, seed: int) -> pa.Table:
    return pa.table({"amount": np.random.default_rng(seed).normal(mean, 1, 200)})


def _snapshot(folder: Path, manifest: Manifest, reference: str | None) -> Snapshot:
    facts = BatchFacts(collector_id="hourly", batch_id=manifest.batch_id, rows=manifest.rows)
    key = None if manifest.rows_object is None else manifest.rows_object.key
    job = ReportJob(facts, key, ReportConfig(metrics=None), reference, place_of(manifest))
    return ReporterState(str(folder), None, folder).compute(job).snapshot


def test_a_batch_is_compared_with_the_one_before(tmp_path: Path, store: ObjectStore) -> None:
    first, second, third = (put_batch(store, hour, _rows(mean, hour)) for hour, mean in enumerate((0, 0, 5)))
    verdicts = [_snapshot(tmp_path, each, "previous batch").verdict for each in (first, second, third)]
    assert verdicts == [Verdict.NO_REFERENCE, Verdict.NOT_DRIFTED, Verdict.DRIFTED]


def test_the_snapshot_names_the_batches_and_their_content(tmp_path: Path, store: ObjectStore) -> None:
    batches = [put_batch(store, hour, _rows(0, hour)) for hour in range(4)]
    snapshot = _snapshot(tmp_path, batches[3], "last 2 batches")
    assert snapshot.reference is not None
    assert snapshot.reference.name == f"last 2 batches, from {batches[1].folder.removeprefix('hourly/')}"
    assert snapshot.report is not None
    rows = snapshot.report.of("row_count")
    assert rows is not None
    assert rows.reference == {"rows": 400}
    assert _snapshot(tmp_path, batches[3], "previous batch").id != snapshot.id


def test_the_same_batch_gives_the_same_bytes_when_later_ones_are_there(tmp_path: Path, store: ObjectStore) -> None:
    put_batch(store, 0, _rows(0, 0))
    own = put_batch(store, 1, _rows(0, 1))
    before = _snapshot(tmp_path, own, "previous batch").to_json_bytes()
    put_batch(store, 2, _rows(9, 2))
    assert _snapshot(tmp_path, own, "previous batch").to_json_bytes() == before


def test_batches_that_do_not_fit_together_are_an_error_snapshot(tmp_path: Path, store: ObjectStore) -> None:
    put_batch(store, 0, _rows(0, 0))
    put_batch(store, 1, pa.table({"amount": [["a"]]}))
    snapshot = _snapshot(tmp_path, put_batch(store, 2, _rows(0, 2)), "last 2 batches")
    assert snapshot.verdict is Verdict.ERROR
    assert snapshot.error is not None
    assert snapshot.error.startswith("the last 2 batches do not fit together")


def test_a_batch_of_texts_among_those_of_numbers_costs_its_own_values(tmp_path: Path, store: ObjectStore) -> None:
    put_batch(store, 0, _rows(0, 0))
    put_batch(store, 1, pa.table({"amount": ["a"]}))
    snapshot = _snapshot(tmp_path, put_batch(store, 2, _rows(0, 2)), "last 2 batches")
    assert snapshot.verdict is Verdict.NOT_DRIFTED


def test_any_other_text_is_the_path_of_a_file(tmp_path: Path, store: ObjectStore) -> None:
    snapshot = _snapshot(tmp_path, put_batch(store, 0, _rows(0, 0)), "last week.parquet")
    assert snapshot.verdict is Verdict.ERROR
    assert snapshot.error is not None
    assert snapshot.error.startswith("reference last week.parquet: ")


@pytest.mark.parametrize("report", [{}, {"engine": "evidently", "evidently": {"metrics": ["DataDriftTable"]}}])
def test_a_window_without_rows_in_time_says_so(tmp_path: Path, store: ObjectStore, report: dict[str, object]) -> None:
    own = put_batch(store, 0, _rows(0, 0))
    facts = BatchFacts(collector_id="hourly", batch_id=own.batch_id, rows=0, late_rows=187)
    job = ReportJob(facts, None, ReportConfig.model_validate(report), None, place_of(own))
    published = ReporterState(str(tmp_path), None, tmp_path).compute(job)
    assert published.snapshot.verdict is Verdict.NO_ROWS
    assert published.snapshot.reason is not None
    assert "all 187 rows of the window came late" in published.snapshot.reason
    assert published.snapshot.reason in published.page.decode()
