"""What an audit says."""

from __future__ import annotations

from typing import Literal

import msgspec

Check = Literal[
    "source ranges",
    "events",
    "collected",
    "dead letters",
    "segments",
    "manifests",
    "batch rows",
    "dropped counts",
    "objects",
    "snapshots",
    "backlog",
    "partitions",
    "silent collectors",
    "windows",
]


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it must be: which check found it, where, and what is wrong."""

    check: Check
    where: str
    problem: str


class SourceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One source partition: offsets `first` to `next` (excluded) were read, and what became of what is in them.

    `collected` events are kept by at least one collector, `dropped` by none of them, `dead` counts messages.
    """

    partition: str
    first: int
    next: int
    events: int
    collected: int
    dropped: int
    dead: int


class CollectorSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration of a collector: `read` = `kept` + all of `dropped`.

    `batched` rows of those kept lie in `batches` batches (late ones beside them), `dropped_at_close` were dropped as
    windows closed, and all others are `waiting` in open windows.
    """

    collector: str
    config_hash: str
    read: int
    kept: int
    dropped: dict[str, int]
    batches: int
    batched: int
    dropped_at_close: int
    waiting: int


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage has not read of one partition of its topic: offsets `committed` to `end` (excluded), markers of
    transactions among them. `moves` says whether it went on within `watched_s`.
    """

    stage: str
    topic: str
    partition: int
    committed: int
    end: int
    moves: bool
    watched_s: float


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome: what was looked at, and everything that is wrong."""

    sources: tuple[SourceSummary, ...]
    collectors: tuple[CollectorSummary, ...]
    batches: int
    objects: int
    snapshots: int
    backlogs: tuple[Backlog, ...] = ()
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
