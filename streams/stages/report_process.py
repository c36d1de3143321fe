"""Computing one report, in a process of the pool: a batch's rows in, a snapshot and its page out."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from streams.core.collectors.past_reference import batches_back
from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.html.page import snapshot_page
from streams.core.reports.report import compute_report, report_without_rows
from streams.core.reports.results import Report
from streams.core.snapshots import BatchFacts, ReferenceUsed, Snapshot, failed_snapshot, report_snapshot
from streams.stages.evidently_engine import EngineUnusableError, run_engine
from streams.stages.job_processes import Lost
from streams.stores.errors import StoreUnavailableError
from streams.stores.locations import open_objects
from streams.stores.past_batches import BatchPlace, hash_of, past_batches, rows_of
from streams.stores.references import ReferenceCacheState, ReferenceUnusableError

logger = logging.getLogger(__name__)

_REFERENCES_KEPT = 16


@dataclass(frozen=True, slots=True)
class ReportJob:
    """What to compute: a batch's facts, where its rows lie (None where it has none), and what its collector
    wants. `late_key` is where its late rows lie that a model's quality is about, too.
    """

    facts: BatchFacts
    rows_key: str | None
    report: ReportConfig
    reference: str | None
    place: BatchPlace
    late_key: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot, the page that shows it, how long they took, and Evidently's own snapshot where it computed them."""

    snapshot: Snapshot
    page: bytes
    seconds: float = 0.0
    evidently: bytes | None = None


@dataclass(slots=True)
class ReporterState:
    """Computes reports; keeps the references that it has read, with what was computed on them."""

    store_uri: str
    s3_endpoint_url: str | None
    folder: Path
    uploads_uri: str | None = None  # where it is another store than that of the rows, as in a replay
    _references: ReferenceCacheState = field(init=False)
    _datasets: dict[str, Dataset] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._references = ReferenceCacheState(self.folder, self.s3_endpoint_url, self.uploads_uri or self.store_uri)

    def compute(self, job: ReportJob) -> Published:
        """The snapshot of a batch: a failed one, with the reason, where anything but the store's availability
        is wrong.

        Raises StoreUnavailableError, and pickles: it is called across processes.
        """
        used: ReferenceUsed | None = None
        own: bytes | None = None
        try:
            reference = self.reference(job)
            used, compared = reference or (None, None)
            report, own = self._computed(job, compared)
            snapshot = report_snapshot(job.facts, report, used, own)
        except StoreUnavailableError:
            raise
        except (ReferenceUnusableError, EngineUnusableError) as error:
            snapshot = failed_snapshot(job.facts, job.report.hash, used, str(error))
        except Exception as error:  # a report that fails must not cost the batch, nor the stage
            logger.exception("the report on batch %s failed", job.facts.batch_id)
            snapshot = failed_snapshot(job.facts, job.report.hash, used, f"{type(error).__name__}: {error}")
        return Published(snapshot, snapshot_page(snapshot).encode(), evidently=own)

    def _computed(self, job: ReportJob, reference: Dataset | None) -> tuple[Report, bytes | None]:
        if job.rows_key is None:
            return report_without_rows(job.report, reference, job.facts.late_rows), None
        batch = report_dataset(self.rows(job.rows_key))
        if job.report.engine == "evidently":
            return run_engine(batch, reference, job.report, job.facts.end_ms, job.facts.batch_id)
        return compute_report(batch, reference, job.report), None

    def rows(self, key: str) -> pa.Table:
        """The rows that lie under a key. Raises StoreUnavailableError."""
        return pq.read_table(io.BytesIO(open_objects(self.store_uri, self.s3_endpoint_url).get(key)))

    def reference(self, job: ReportJob) -> tuple[ReferenceUsed, Dataset] | None:
        """What a batch is compared with. Raises ReferenceUnusableError, StoreUnavailableError."""
        if job.reference is None:
            return None
        count = batches_back(job.reference)
        if count is not None:
            return self._past(job, job.reference, count)
        reference = self._references.load(job.reference)
        used = ReferenceUsed(name=job.reference, hash=reference.sha256)
        return used, self._kept(reference.sha256, lambda: reference.table)

    def _past(self, job: ReportJob, reference: str, count: int) -> tuple[ReferenceUsed, Dataset] | None:
        """Earlier batches of the same plan; None where there are none, as for the first."""
        store = open_objects(self.store_uri, self.s3_endpoint_url)
        found = past_batches(store, job.place, count)
        if not found:
            return None
        sha256 = hash_of(found)
        oldest = found[-1].folder.rsplit("/", 1)[-1]
        used = ReferenceUsed(name=f"{reference}, from {oldest}", hash=sha256)
        return used, self._kept(sha256, lambda: rows_of(store, found))

    def _kept(self, sha256: str, read: Callable[[], pa.Table]) -> Dataset:
        if sha256 not in self._datasets:
            kept = list(self._datasets.items())[: _REFERENCES_KEPT - 1]
            self._datasets = {sha256: report_dataset(read()), **dict(kept)}
        return self._datasets[sha256]


_REPORTER: list[ReporterState] = []
"""The one reporter of a pool's process: set by `initialise`, the pool's only way to give a process something to keep.
"""


def initialise(store_uri: str, s3_endpoint_url: str | None, folder: Path, uploads_uri: str | None = None) -> None:
    """Make this process's reporter."""
    _REPORTER[:] = [ReporterState(store_uri, s3_endpoint_url, folder, uploads_uri)]


def reporter() -> ReporterState:
    """This process's reporter."""
    return _REPORTER[0]


def lost_report(job: ReportJob, lost: Lost) -> Published:
    """The snapshot of a batch whose report's process gave no answer."""
    reason = f"the report has no result: {lost.reason}; then run `streams reports retry --execute`"
    snapshot = failed_snapshot(job.facts, job.report.hash, None, reason)
    return Published(snapshot, snapshot_page(snapshot).encode())


def compute(job: ReportJob) -> Published:
    """See `ReporterState.compute`."""
    began = time.perf_counter()
    published = reporter().compute(job)
    return replace(published, seconds=time.perf_counter() - began)
