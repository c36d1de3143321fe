"""A run of the whole pipeline as it lies in topics and store, for tests to damage."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from streams.core.audit.audit import AuditScope, AuditState, Committed
from streams.core.audit.batch_ledger import Announced
from streams.core.audit.findings import AuditReport
from streams.core.audit.standstill import Present
from streams.core.batches.build import build_batch
from streams.core.batches.manifest import Manifest, encode_manifest
from streams.core.collectors.canonical import canonical_json
from streams.core.operators.reservoir_sample import ReservoirSample
from streams.core.reports.verdicts import Verdict
from streams.core.snapshots import Snapshot
from streams.core.windows.account import Account, account_records, decode_account
from streams.core.windows.plan import Trigger, WindowOperator
from streams.core.windows.progress import Progress, read_progress
from streams.core.windows.state import CollectedRecord, WindowsState
from tests.core.windows.collected_log import Event, WriterState, log_of, plan_of

SECOND = 1_000
_TEN = Trigger("interval", interval_ms=10 * SECOND)
_SAMPLE = WindowOperator("reservoir_sample", canonical_json(ReservoirSample(rows=3)), 7)
PLANS = (
    plan_of(_TEN, collector_id="every-ten"),
    plan_of(Trigger("rows", rows=7), collector_id="every-seven"),
    plan_of(_TEN, collector_id="sampled", operators=(_SAMPLE,)),
)
SOURCE = {p: [Event(n * SECOND, kept=n % 4 != p) for n in range(45)] for p in range(2)}
DEAD = (0, 12)


@dataclass
class CleanRun:
    """Each plan's records lie in a partition of `collected` of its own; batches and snapshots in one of theirs."""

    logs: dict[int, list[CollectedRecord]]
    progress: dict[int, Progress | None] = field(default_factory=dict)
    manifests: list[Manifest] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    letters: list[tuple[str, int, int, str | None]] = field(default_factory=lambda: [("predictions", *DEAD, None)])
    objects: dict[str, bytes] = field(default_factory=dict)
    promoted: list[Manifest] = field(default_factory=list)
    from_runs: dict[int, str] = field(default_factory=dict)

    def audited(
        self,
        scope: AuditScope = AuditScope(),  # noqa: B008 - frozen
        present: Present | None = None,
    ) -> AuditReport:
        """Audit what is there now."""
        state = AuditState(scope, Committed({0: 45, 1: 45}, {0: len(self.manifests)}))
        for partition, records in self.logs.items():
            for each in records:
                state.add_collected(partition, each.offset, each.offset, each.kind, each.value)
        for letter in self.letters:
            state.add_dead_letter(*letter)
        for number, manifest in enumerate(self.manifests):
            state.batches.add_manifest(Announced(0, number, manifest))
        for number, manifest in enumerate(self.promoted, len(self.manifests)):
            state.batches.add_manifest(Announced(0, number, manifest, "r1"))
        for found in [*state.batches.announced.values(), *state.batches.promoted]:
            state.batches.add_content(found, {key: self.objects.get(key) for key in state.batches.keys(found)})
        for place, snapshot in enumerate(self.snapshots):
            state.snapshots.add(snapshot, self.from_runs.get(place))
        for batch, found in state.batches.announced.items():
            key = f"{found.manifest.snapshot_folder}/snapshot.json"
            state.snapshots.findings += state.snapshots.check_stored(batch, key, self.objects.get(key))
        state.present = present
        state.progress = {partition: (each, True) for partition, each in self.progress.items()}
        return state.report()

    def batch_of(self, collector: str) -> Manifest:
        """The first batch of a collector."""
        return next(each for each in self.manifests if each.plan.collector_id == collector)

    def publish(self, manifest: Manifest, objects: dict[str, bytes]) -> None:
        """As the window and report stages do."""
        self.manifests.append(manifest)
        self.objects |= {**objects, f"{manifest.batch_folder}/manifest.json": encode_manifest(manifest)}
        snapshot = Snapshot(
            id=f"s-{manifest.batch_id}",
            collector_id=manifest.plan.collector_id,
            batch_id=manifest.batch_id,
            rows=manifest.rows,
            late_rows=manifest.late_rows,
            report_hash="r",
            verdict=Verdict.NOT_ASKED,
        )
        self.snapshots.append(snapshot)
        self.objects[f"{manifest.snapshot_folder}/snapshot.json"] = snapshot.to_json_bytes()

    def promote(self, manifest: Manifest) -> None:
        """As a replay that reported the same on rows of its own."""
        snapshot = next(each for each in self.snapshots if each.batch_id == manifest.batch_id)
        self.from_runs[len(self.snapshots)] = "r1"
        self.snapshots.append(snapshot)
        self.promoted.append(manifest)

    def rewrite(self, manifest: Manifest, change: Callable[[pa.Table], pa.Table]) -> None:
        """Change a batch's rows, and everything that speaks of them, as a faulty window stage would."""
        assert manifest.rows_object is not None
        sink = io.BytesIO()
        table = change(pq.read_table(io.BytesIO(self.objects[manifest.rows_object.key])))
        pq.write_table(table, sink)
        stored = msgspec.structs.replace(manifest.rows_object, sha256=hashlib.sha256(sink.getvalue()).hexdigest())
        changed = msgspec.structs.replace(manifest, rows=table.num_rows, rows_object=stored)
        place = self.manifests.index(manifest)
        self.publish(changed, {stored.key: sink.getvalue()})
        self.manifests[place] = self.manifests.pop()
        self.snapshots[place] = self.snapshots.pop()


def clean_run(*, parted: bool = False) -> CleanRun:
    """Forty-five events of two partitions in nine transactions; one message is dead.

    Where it is `parted`, each dropped event has a record of the log.
    """
    run = CleanRun({number: _log(number, parted=parted) for number in range(len(PLANS))})
    for partition, records in run.logs.items():
        state = WindowsState()
        for batch in (build_batch(closed) for record in records for closed in state.fold(record)):
            run.publish(batch.manifest, dict(batch.objects))
        run.progress[partition] = read_progress(state.checkpoint().records)
    return run


def _log(number: int, *, parted: bool) -> list[CollectedRecord]:
    writer = WriterState(SOURCE, [PLANS[number]])
    messages = [message for _ in range(9) for message in writer.transaction({0: 5, 1: 5})]
    return log_of(
        (kind, part)
        for kind, value in messages
        for part in (_accounts(_with_dead(value), parted=parted) if kind == "account" else [value])
    )


def _accounts(account: Account, *, parted: bool) -> list[bytes]:
    if not parted:
        return account_records(account)
    dropped = {
        plan: [(bucket, reason, 1) for bucket, reason, number in counts for _ in range(number)]
        for plan, counts in account.dropped.items()
    }
    return account_records(msgspec.structs.replace(account, dropped=dropped), 1)


def _with_dead(value: bytes) -> Account:
    account = decode_account(value)
    ranges = tuple(
        msgspec.structs.replace(each, dead=int(each.partition == DEAD[0] and each.first <= DEAD[1] < each.next))
        for each in account.ranges
    )
    return msgspec.structs.replace(account, ranges=ranges)
