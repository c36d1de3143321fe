"""Stands in for the report stage's process pool: a report's figures would add nothing here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import Snapshot
from streams.stages.job_processes import never
from streams.stages.report_process import Published, ReportJob
from streams.stores.objects import ObjectStore


@dataclass(frozen=True)
class ReportPool:
    """Reads the rows that a manifest announces, as the real one: they have to be there by then."""

    store: ObjectStore

    def run(
        self, compute: Callable[[Any], Any], jobs: Sequence[Any], given_up: Callable[[], bool] = never
    ) -> Sequence[Any]:
        """The same for every job."""
        del compute, given_up
        return [self._published(job) for job in jobs]

    def _published(self, job: ReportJob) -> Published:
        facts = job.facts
        if job.rows_key is not None:
            found = hashlib.sha256(self.store.get(job.rows_key)).hexdigest()
            assert found == facts.rows_hash, f"{job.rows_key} is not what its manifest says"
        snapshot = Snapshot(
            id=f"s-{facts.batch_id}",
            collector_id=facts.collector_id,
            batch_id=facts.batch_id,
            rows=facts.rows,
            late_rows=facts.late_rows,
            report_hash="r",
            verdict=Verdict.NOT_ASKED,
        )
        return Published(snapshot, f"page of {facts.batch_id}".encode())
