"""What snapshots say, against the batches that they are about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from streams.core.audit.batch_ledger import Announced
from streams.core.audit.findings import Finding
from streams.core.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Told:
    """What the last snapshot of a batch says, and the SHA-256 of its JSON."""

    rows: int
    late_rows: int
    sha256: str
    run: str | None


@dataclass(slots=True)
class SnapshotLedger:
    """Takes snapshots in the order of their topic.

    An id stands once, with two exceptions that are done on purpose: a failed report that is tried again, and what a
    replay promotes.
    """

    last: dict[str, Told] = field(default_factory=dict)
    number: int = 0
    findings: list[Finding] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _revisions: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, snapshot: Snapshot, run: str | None) -> None:
        """Take a snapshot in."""
        self.number += 1
        if snapshot.labels_used is not None:
            self._add_quality(snapshot, snapshot.labels_used.revision)
            return
        self.last[snapshot.batch_id] = Told(snapshot.rows, snapshot.late_rows, snapshot.content_sha256, run)
        if run is not None:
            self._revisions.pop(snapshot.batch_id, None)
        if run is not None or snapshot.error is not None:
            return
        if snapshot.id in self._ids:
            where = f"snapshot {snapshot.id} of collector {snapshot.collector_id}"
            self.findings.append(Finding("snapshots", where, "its id was published twice"))
        self._ids.add(snapshot.id)

    def _add_quality(self, snapshot: Snapshot, revision: int) -> None:
        """Model quality stands beside the report of its batch: each revision once, and only ever a higher one.

        Of other rows, which a replay promoted, revisions are counted anew. One that failed may come again.
        """
        if snapshot.error is not None:
            return
        revisions = self._revisions.setdefault(snapshot.batch_id, {})
        before = revisions.get(snapshot.rows_digest, 0)
        if revision <= before:
            where = f"quality snapshot {snapshot.id} of collector {snapshot.collector_id}"
            self.findings.append(Finding("snapshots", where, f"revision {revision} was published after {before}"))
        revisions[snapshot.rows_digest] = revision

    def check_reported(self, current: Mapping[str, Announced], reported: Mapping[int, int]) -> Iterator[Finding]:
        """Every batch before the report stage's offsets (by partition of its topic) has a snapshot of the rows that its
        last manifest names.
        """
        runs = {None, *(each.run for each in current.values())}
        for batch, found in current.items():
            snapshot = self.last.get(batch)
            if snapshot is None:
                if found.offset < reported.get(found.partition, 0):
                    yield Finding("snapshots", found.where, "the report stage is past it, and there is no snapshot")
            elif snapshot.run in runs and (  # else its manifest came after manifests were read
                (snapshot.rows, snapshot.late_rows) != (found.manifest.rows, found.manifest.late_rows)
            ):
                problem = f"its snapshot counts {snapshot.rows} rows, its manifest {found.manifest.rows}"
                yield Finding("snapshots", found.where, problem)

    def check_stored(self, batch: str, key: str, content: bytes | None) -> Iterator[Finding]:
        """The object has to be what the topic said last."""
        if content is None:
            yield Finding("snapshots", f"batch {batch}", f"object {key} is missing")
        elif hashlib.sha256(content).hexdigest() != self.last[batch].sha256:
            yield Finding("snapshots", f"batch {batch}", f"object {key} differs from the snapshot on the topic")
