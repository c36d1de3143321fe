"""What the window stage needs to know of a collector.

A plan travels in the `collected` log with the rows it is for, so that a batch is a function of that log alone.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

MOST_CELLS: Final = 1_000_000
"""Rows times columns that a batch may have however few of its cells hold a value."""

UNPROCESSABLE: Final = "unprocessable"
"""What rows are counted under that no batch can be made of."""

TriggerKind = Literal["interval", "rows", "rows_or_interval", "cron"]

_NEEDS: dict[TriggerKind, tuple[str, ...]] = {
    "interval": ("interval_ms",),
    "rows": ("rows",),
    "rows_or_interval": ("rows", "interval_ms"),
    "cron": ("cron", "timezone"),
}


class Trigger(msgspec.Struct, frozen=True, forbid_unknown_fields=False, omit_defaults=True):
    """When a window closes.

    `interval`: every `interval_ms`, aligned to the epoch. `rows`: every `rows` rows in time.
    `rows_or_interval`: whichever is first. `cron`: at the times of the expression `cron` in the IANA
    `timezone`. Fields of other kinds are None.
    """

    kind: TriggerKind
    interval_ms: int | None = None
    rows: int | None = None
    cron: str | None = None
    timezone: str | None = None

    def __post_init__(self) -> None:
        for field in _NEEDS[self.kind]:
            value = getattr(self, field)
            if not value or (isinstance(value, int) and value < 1):
                raise ValueError(
                    f"trigger.{field} is {value!r}: a trigger of kind {self.kind!r} needs it, 1 or more; set it"
                )

    @property
    def counts_rows(self) -> bool:
        """Whether a number of rows may close a window."""
        return self.kind in ("rows", "rows_or_interval")


class WindowOperator(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """An operator that runs when a window closes.

    `declaration` is its JSON, `reason` what its drops are counted under, `salt` (0 to 2^63 - 1) seeds its
    hashed choices.
    """

    reason: str
    declaration: str
    salt: int = 0


class WindowPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """How one configuration of a collector cuts its rows into windows.

    `config_hash` covers everything that shapes a batch: a collector whose configuration changes opens windows of its
    own, and those of the former configuration drain. `time` says whether rows are ordered by event time or by record
    time (`ingest`). `order` is `event_time` (rows merged over source partitions as the watermark passes them) or
    `arrival` (as they stand in the log, without waiting). `operators` run on the rows of a closed window.
    `most_cells` bounds rows times columns (see `events.parsed.rare`). Fields unknown to a reader are ignored.
    """

    collector_id: str
    config_hash: str
    trigger: Trigger
    allowed_lateness_ms: int = 0
    time: Literal["event", "ingest"] = "event"
    order: Literal["event_time", "arrival"] = "event_time"
    operators: tuple[WindowOperator, ...] = ()
    most_cells: int = MOST_CELLS

    def __post_init__(self) -> None:
        if self.allowed_lateness_ms < 0:
            raise ValueError(f"allowed_lateness_ms is {self.allowed_lateness_ms}: give 0 or more milliseconds")
        if self.order == "arrival" and self.trigger.kind != "rows":
            raise ValueError(
                f"order 'arrival' with a trigger of kind {self.trigger.kind!r}: only 'rows' has no time to wait for"
            )

    @property
    def reasons_at_close(self) -> frozenset[str]:
        """Reasons for which rows that were kept are dropped when their window closes."""
        return frozenset((UNPROCESSABLE, *(operator.reason for operator in self.operators)))

    @property
    def clock(self) -> Clock:
        """The part of the plan that places rows in time."""
        return Clock(self.trigger, self.allowed_lateness_ms, self.time, self.order)


class Clock(msgspec.Struct, frozen=True):
    """What places a row in time. Collectors with equal clocks share the arrays computed from it (it is
    hashable).
    """

    trigger: Trigger
    allowed_lateness_ms: int
    time: Literal["event", "ingest"]
    order: Literal["event_time", "arrival"]
