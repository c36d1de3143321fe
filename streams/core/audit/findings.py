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

    `batched` rows of those kept lie in `batches` batches (late ones beside them), `waiting` ones in open windows.
    """

    collector: str
    config_hash: str
    read: int
    kept: int
    dropped: dict[str, int]
    batches: int
    batched: int
    waiting: int


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome: what was looked at, and everything that is wrong."""

    sources: tuple[SourceSummary, ...]
    collectors: tuple[CollectorSummary, ...]
    batches: int
    objects: int
    snapshots: int
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
