"""A replay's job: everything that decides what it comes to, frozen when it begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec

from streams.core import ids
from streams.core.batches.manifest import Manifest
from streams.core.windows.calendar import calendar
from streams.core.windows.closed import ClosedWindow
from streams.core.windows.plan import WindowPlan

ReplayTopic = Literal["predictions", "collected", "batches"]
_DISORDER_MS = 10 * 60_000


class FrozenRange(msgspec.Struct, frozen=True):
    """Offsets `first` to `next` (excluded) of a partition."""

    partition: int
    first: int
    next: int


class ReplayJob(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `offsets` are those of the topic that is read; a run over `batches` has none.

    Windows that begin at `from_ms` or later and end at `to_ms` or earlier are made. `created_ms` is when offsets were
    frozen: what had not come by then does not belong to the run. `collectors` is the path of the collectors file.
    `decided` is, by partition of predictions, where the live collect stage stood: it has decided which records before
    are from a future that had not come, and a run decides about none of them anew.
    """

    run: str
    topic: ReplayTopic
    collector_id: str
    config_hash: str
    report_hash: str
    from_ms: int
    to_ms: int
    created_ms: int
    offsets: tuple[FrozenRange, ...]
    collectors: str
    decided: dict[int, int] = {}

    @property
    def folder(self) -> str:
        """Where everything that the run makes lies in the object store."""
        return f"replays/{self.run}"

    @property
    def records(self) -> int:
        """How many offsets there are to read."""
        return sum(each.next - each.first for each in self.offsets)

    def wants(self, window: ClosedWindow | Manifest) -> bool:
        """Whether a window is one of those that were asked for."""
        mine = window.plan.collector_id == self.collector_id and window.plan.config_hash == self.config_hash
        return mine and self.from_ms <= window.start_ms and window.end_ms <= self.to_ms


def named(job: ReplayJob) -> ReplayJob:
    """The job under a name of its own: when it was created, and a digest of all that it asks."""
    created = datetime.fromtimestamp(job.created_ms / 1000, UTC)
    digest = ids.config_hash(msgspec.to_builtins(msgspec.structs.replace(job, run="")))[:8]
    return msgspec.structs.replace(job, run=f"{created:%Y%m%dT%H%M%SZ}-{digest}")


def needed_since_ms(plan: WindowPlan, from_ms: int) -> int | None:
    """From which record time on a log has to be read for windows from `from_ms` on to come out whole and alike.

    No event has a slot after its record's time, and a row's lateness is decided by rows that came shortly before it
    or not at all: so the window before, the allowed lateness, and some minutes for what idle partitions bring. None
    is from the beginning: where rows close windows, each depends on all before it.
    """
    if plan.trigger.counts_rows:
        return None
    before_ms = calendar(plan.trigger).window(from_ms - 1)[0]
    return before_ms - plan.allowed_lateness_ms - _DISORDER_MS
