"""`python evidently_engine_run.py FOLDER`: in Evidently's environment, compute a drifted batch's report by Evidently.

Leaves the snapshot, its page and Evidently's own snapshot in FOLDER, as the report stage stores them.
"""

import sys
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from streams.core.reports.config import ReportConfig
from streams.core.snapshots import BatchFacts
from streams.stages.report_process import Published, ReporterState, ReportJob
from streams.stores.locations import open_objects
from tests.core.reports.columns import dataset, normal
from tests.stages.batches_in_store import place_of, put_batch

PRESETS = [
    {"type": "evidently:metric_container:DataDriftPreset"},
    {"type": "evidently:metric_container:DataSummaryPreset"},
]
NAMES = ["de", "fr", "it", "es", "pl"] * 40


def published(folder: Path, config: ReportConfig, rows: int = 200) -> Published:
    """The report on `amount` that drifted, `country` that did not, and `extra`, which the reference lacks."""
    table = dataset(amount=normal(200, 3, seed=1), extra=normal(200), country=NAMES).table
    return compared(folder, config, dataset(amount=normal(200), country=NAMES).table, table.slice(0, rows))


def compared(folder: Path, config: ReportConfig, reference: pa.Table, batch: pa.Table) -> Published:
    """The report on a batch, compared with the one before."""
    store = open_objects(str(folder))
    put_batch(store, 0, reference)
    manifest = put_batch(store, 1, batch)
    facts = BatchFacts(
        collector_id="hourly",
        batch_id=manifest.batch_id,
        start_ms=manifest.start_ms,
        end_ms=manifest.end_ms,
        rows=batch.num_rows,
    )
    key = None if manifest.rows_object is None else manifest.rows_object.key
    job = ReportJob(facts, key, config, "previous batch", place_of(manifest))
    return ReporterState(str(folder), None, folder).compute(job)


def by_evidently(*metrics: object, **parts: object) -> ReportConfig:
    """A report by Evidently."""
    return ReportConfig.model_validate({"engine": "evidently", "evidently": {"metrics": list(metrics), **parts}})


if __name__ == "__main__":
    into = Path(sys.argv[1])
    made = published(into / "store", by_evidently(*PRESETS))
    (into / "snapshot.json").write_bytes(made.snapshot.to_json_bytes())
    (into / "report.html").write_bytes(made.page)
    (into / "evidently.json").write_bytes(made.evidently or b"")
