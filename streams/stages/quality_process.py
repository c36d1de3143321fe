"""Computing a model's quality on the labels of one batch, in a process of the pool."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from streams.core.labels.join import join_labels
from streams.core.labels.quality import labelled_rows
from streams.core.reports.html.page import snapshot_page
from streams.core.reports.report import compute_report
from streams.core.reports.results import Report
from streams.core.snapshots import LabelsUsed, ReferenceUsed, Snapshot, quality_snapshot
from streams.stages.job_processes import JobProcesses, Lost, never
from streams.stages.report_process import Published, ReporterState, ReportJob, reporter
from streams.stores.errors import ObjectMissingError, StoreUnavailableError
from streams.stores.labels import read_labels
from streams.stores.locations import open_objects

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QualityJob:
    """A batch with rows, what its collector wants, and the objects that hold its labels.

    `lost` is why an earlier attempt gave no answer: then there is nothing to compute but the snapshot that says so.
    """

    batch: ReportJob
    labels: tuple[str, ...]
    lost: str | None = None


def qualities(
    processes: JobProcesses, jobs: Sequence[QualityJob], given_up: Callable[[], bool] = never
) -> Iterator[Published]:
    """A model's quality on each batch that has some, side by side; an error snapshot where it takes too long or kills
    its process. StoreUnavailableError, GivenUpError.
    """
    found = list(processes.run(compute_quality, jobs, given_up))
    lost = {place: made.reason for place, made in enumerate(found) if isinstance(made, Lost)}
    said = processes.run(compute_quality, [replace(jobs[place], lost=reason) for place, reason in lost.items()])
    for place, made in zip(lost, said, strict=True):
        found[place] = made
    for job, made in zip(jobs, found, strict=True):
        if isinstance(made, Lost):
            logger.error("batch %s: the model's quality is not published: %s", job.batch.facts.batch_id, made.reason)
        elif made is not None:
            yield made


def compute_quality(job: QualityJob) -> Published | None:
    """See `quality_of`; with the page that shows it. It is called across processes."""
    began = time.perf_counter()
    store = open_objects(reporter().store_uri, reporter().s3_endpoint_url)
    snapshot = quality_of(reporter(), job.batch, read_labels(store, job.labels), job.lost)
    if snapshot is None:
        return None
    return Published(snapshot, snapshot_page(snapshot).encode(), time.perf_counter() - began)


def quality_of(made_by: ReporterState, batch: ReportJob, labels: pa.Table, lost: str | None = None) -> Snapshot | None:
    """A model's quality on a batch's rows with a label, late ones too: a failed snapshot, with the reason, where it
    has none, or where it is `lost`.

    None where no label is of one of the rows, or these are gone. The same bytes for the same set of labels, whatever
    their order. Raises StoreUnavailableError.
    """
    try:
        tables = [made_by.rows(key) for key in (batch.rows_key, batch.late_key) if key is not None]
    except ObjectMissingError:
        logger.warning("batch %s: its rows are gone, and with them what labels could say of it", batch.facts.batch_id)
        return None
    if not tables:
        return None
    rows = pa.concat_tables(tables)
    used = join_labels(rows["id"], labels, late=0 if batch.late_key is None else tables[-1].num_rows).used
    if not used.labelled:
        return None
    if lost is not None:
        reason = f"the model's quality has no result: {lost}; then run `streams quality --publish`"
        return quality_snapshot(batch.facts, used, batch.report.hash, None, reason)
    return _computed(made_by, batch, rows, labels, used)


def _computed(made_by: ReporterState, batch: ReportJob, rows: pa.Table, labels: pa.Table, used: LabelsUsed) -> Snapshot:
    reference: ReferenceUsed | None = None
    report_hash = batch.report.hash
    try:
        found = made_by.reference(batch)
        reference, compared = found or (None, None)
        known = labelled_rows(rows, labels, batch.report)
        report: Report | str = compute_report(known.dataset, compared, known.config, of_rows=rows.num_rows)
        report_hash = known.config.hash
    except StoreUnavailableError:
        raise
    except Exception as error:  # a report that fails must not cost the labels, nor the stage
        logger.exception("the quality of batch %s could not be computed", batch.facts.batch_id)
        report = f"{type(error).__name__}: {error}"
    return quality_snapshot(batch.facts, used, report_hash, reference, report)
