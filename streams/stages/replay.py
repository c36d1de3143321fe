"""A replay: the code of the live stages over a frozen stretch, with all that it makes in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streams.core import ids
from streams.core.batches.manifest import Manifest, folder_of
from streams.core.replay.job import ReplayJob
from streams.core.windows.account import decode_account
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.plan import WindowPlan
from streams.kafka.items import Start
from streams.kafka.records import kind_of
from streams.stages.replay_collect import CollectReplayState, Read
from streams.stages.report import ReportState
from streams.stages.window import WindowState
from streams.stores.objects import ObjectStore
from streams.stores.runs import RunOutcome, RunStore, manifests_of

Told = Callable[[str, int, int], None]
"""Takes what is being done, how far it is, and how far it goes."""

_REPORTS_AT_ONCE = 16


@dataclass(slots=True)
class ReplayState:
    """One run. `run` again after a kill: what is stored is not made again.

    `batches` is the store whose batches are reported on: the run's own, or the live one. `collect` is there where
    the run reads predictions.
    """

    job: ReplayJob
    plan: WindowPlan
    store: RunStore
    batches: ObjectStore
    window: WindowState
    reporter: ReportState
    read: Read
    collect: CollectReplayState | None = None
    _dead: int = 0
    _stored: set[str] = field(default_factory=set)

    def run(self, told: Told) -> RunOutcome:
        """Do the job. Nothing outside of the run's folder is written."""
        complete = True
        if self.job.topic != "batches":
            self._stored = {each.folder for each in manifests_of(self.store.objects, self.job.collector_id)}
            self.window.wants = self._wants
            complete = self._predictions(told) if self.collect is not None else self._collected(told)
        manifests = [each for each in manifests_of(self.batches, self.job.collector_id) if self._reports_on(each)]
        self._report(manifests, told)
        outcome = RunOutcome(
            batches=0 if self.job.topic == "batches" else len(manifests),
            rows=sum(each.rows for each in manifests),
            snapshots=len(manifests),
            dead=self._dead,
            complete=complete,
            waiting=0 if complete else self.window.waiting(self._partition, self.job.collector_id),
        )
        self.store.finish(outcome)
        return outcome

    def _reports_on(self, manifest: Manifest) -> bool:
        if self.job.topic != "batches":
            return self.job.wants(manifest)
        return self.job.from_ms <= manifest.start_ms and manifest.end_ms <= self.job.to_ms

    def _wants(self, closed: ClosedWindow) -> bool:
        plan = closed.plan
        batch = ids.batch_id(plan.collector_id, plan.config_hash, closed.start_ms, closed.end_ms, closed.sequence)
        return self.job.wants(closed) and folder_of(plan.collector_id, closed.start_ms, batch) not in self._stored

    def _predictions(self, told: Told) -> bool:
        assert self.collect is not None  # noqa: S101 - `run` has looked
        self.window.assign([Start(0, 0, "")], 1)
        offset, firsts = 0, {each.partition: each.first for each in self.job.offsets}
        for entry in self.collect.entries():
            for kind, value in entry.records:
                if kind == "account":
                    self._dead += sum(each.dead for each in decode_account(value).ranges)
                self.window.fold(0, self.window.record(offset, kind, value))
                offset += 1
            self.window.publish()
            done = sum(next_ - firsts[partition] for partition, next_, _ in entry.offsets)
            told("replaying", done, self.job.records)
            if self._complete(0):
                return True
        return self._complete(0)

    @property
    def _partition(self) -> int:
        """The partition of `collected` that the run reads, or makes."""
        return self.job.offsets[0].partition if self.job.topic == "collected" else 0

    def _collected(self, told: Told) -> bool:
        (frozen,) = self.job.offsets
        self.window.assign([Start(frozen.partition, frozen.first, "")], 1)
        for polled in self.read([frozen]):
            for message in polled.messages:
                kind = kind_of(message)
                if kind == "account" or message.key() == self.job.collector_id.encode():
                    record = self.window.record(message.offset() or 0, kind, message.value() or b"")
                    self.window.fold(frozen.partition, record)
                told("replaying", (message.offset() or 0) + 1 - frozen.first, self.job.records)
            self.window.publish()
            if self._complete(frozen.partition):
                return True
        return self._complete(frozen.partition)

    def _complete(self, partition: int) -> bool:
        """Whether every window that was asked for is closed: what is still to come cannot change them."""
        by_time = self.plan.order == "event_time"
        return by_time and self.window.watermark_ms(partition, self.plan) >= self.job.to_ms

    def _report(self, manifests: Sequence[Manifest], told: Told) -> None:
        left = [each for each in manifests if not self.store.objects.exists(f"{each.snapshot_folder}/snapshot.json")]
        for first in range(0, len(left), _REPORTS_AT_ONCE):
            part = left[first : first + _REPORTS_AT_ONCE]
            for _ in self.reporter.publish(part, self.reporter.compute(part)):
                pass  # what is announced is kept for --promote
            told("reporting", first + len(part), len(left))
