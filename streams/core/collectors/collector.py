"""A collector: the promise that the system keeps for every event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from streams.core import ids
from streams.core.collectors.alerts import AlertRule
from streams.core.collectors.canonical import canonical, canonical_json
from streams.core.collectors.durations import Duration, milliseconds
from streams.core.collectors.outlets import Outlet
from streams.core.collectors.reasons import numbered
from streams.core.collectors.triggers import RowsTrigger, Trigger
from streams.core.operators.contracts import DECLARATION, Text
from streams.core.operators.hashing import operator_salt, salt_of
from streams.core.operators.model_pattern import AnyOrExact, ModelPattern
from streams.core.operators.table import AnyEventOperator, AnyWindowOperator, Operator
from streams.core.reports.config import ReportConfig
from streams.core.windows.plan import MOST_CELLS, WindowOperator, WindowPlan

CollectorId = Annotated[str, Field(pattern=r"^\w(?:[\w .-]{0,126}[\w-])?$")]

SHAPE_A_BATCH = (
    "id",
    "source",
    "caller",
    "direct_only",
    "operators",
    "trigger",
    "time",
    "allowed_lateness",
    "order",
)
"""What a batch depends on. The other fields may change without a new window: they come after the batch, or are
words. `sparse_cells` is one too, where it is given: so hashes of those who leave it out stay what they were.
"""


class Collector(BaseModel):
    """Says which events somebody wants, how to batch them, what to compute on a batch and where results go."""

    model_config = DECLARATION

    id: CollectorId = Field(
        description="Names the collector everywhere: letters, digits, _ and -, inside also dots and spaces."
    )
    description: str = Field(default="", description="What the collector is for.")
    enabled: bool = Field(default=True, description="One that is not enabled selects nothing and counts nothing.")
    source: ModelPattern = Field(
        default=ModelPattern(), description="The models whose events are wanted: any part left out is any."
    )
    caller: AnyOrExact = Field(
        default=None, description="The caller whose events are wanted; left out or empty means any."
    )
    direct_only: bool = Field(
        default=False, description="Take only events that name this collector in their `collectors`, none by source."
    )
    operators: tuple[Operator, ...] = Field(
        default=(), max_length=100, description="What to do to the events, in order."
    )
    trigger: Trigger = Field(description="When a window closes.")
    time: Literal["event", "ingest"] = Field(
        default="event", description="Windows go by the event's own time, or by the time Kafka recorded it."
    )
    allowed_lateness: Duration = Field(
        default=timedelta(minutes=1),
        description="How far behind the newest event of its partition an event may be and still be in time.",
    )
    order: Literal["event_time", "arrival"] = Field(
        default="event_time",
        description="Rows enter windows by time, the same from any number of workers, or as they come (trigger rows).",
    )
    sparse_cells: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        description="Rows times columns that a batch may have however few cells are filled; 1000000 where left out.",
    )
    report: ReportConfig = Field(default=ReportConfig(), description="What to compute on a batch.")
    evidently_report: Mapping[str, Any] | None = Field(
        default=None, description="Evidently's configuration that the report was mapped from, as it came; not computed."
    )
    reference: Text | None = Field(
        default=None,
        description=(
            "Path, object-store URI or `uploaded:NAME` of the data that batches are compared with; "
            "or `previous batch`, `last 7 batches`."
        ),
    )
    outlets: tuple[Outlet, ...] = Field(default=(), description="Where snapshots are sent besides.")
    alerts: tuple[AlertRule, ...] = Field(default=(), description="When somebody is to be alerted, and who.")

    @model_validator(mode="after")
    def _windows_come_last(self) -> Self:
        kinds = [isinstance(one, AnyWindowOperator) for one in self.operators]
        if kinds != sorted(kinds):
            late = self.operators[kinds.index(True) + kinds[kinds.index(True) :].index(False)]
            early = self.operators[kinds.index(True)]
            raise ValueError(
                f"operators has {late.type} after {early.type}, which runs when a window closes; "
                f"move {late.type} in front of it"
            )
        return self

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if self.direct_only and (self.source != ModelPattern() or self.caller is not None):
            raise ValueError(
                "direct_only takes no event by source or caller; leave source and caller out, or direct_only"
            )
        return self

    @model_validator(mode="after")
    def _arrival_counts_rows(self) -> Self:
        if self.order == "arrival" and not isinstance(self.trigger, RowsTrigger):
            raise ValueError(
                "order arrival does not wait, so that windows by time would close at once; "
                "use it with a trigger of type rows, or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _alerts_can_come(self) -> Self:
        names = [rule.name for rule in self.alerts]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two alerts have the name {twice!r}; give each a name of its own")
        if isinstance(self.trigger, RowsTrigger) and any(rule.watches_windows for rule in self.alerts):
            raise ValueError(
                "an alert on missing batches needs windows that end by time; "
                "use it with a trigger of type interval, cron or rows_or_interval"
            )
        return self

    @cached_property
    def salt(self) -> int:
        """What this collector's samples are drawn by."""
        return salt_of(self.id)

    @cached_property
    def config_hash(self) -> str:
        """Identify everything that shapes a batch: the same in any process and with any version of pydantic."""
        given = () if self.sparse_cells is None else ("sparse_cells",)
        return ids.config_hash({name: canonical(getattr(self, name)) for name in (*SHAPE_A_BATCH, *given)})

    @cached_property
    def event_operators(self) -> tuple[AnyEventOperator, ...]:
        """The operators that look at one event at a time, in order."""
        return tuple(one for one in self.operators if not isinstance(one, AnyWindowOperator))

    @cached_property
    def window_operators(self) -> tuple[AnyWindowOperator, ...]:
        """The operators that look at a closed window, in order."""
        return tuple(one for one in self.operators if isinstance(one, AnyWindowOperator))

    def plan(self) -> WindowPlan:
        """What the window stage needs to know; it travels in the log beside the rows."""
        reasons = numbered(one.type for one in self.window_operators)
        first = len(self.event_operators)
        return WindowPlan(
            collector_id=self.id,
            config_hash=self.config_hash,
            trigger=self.trigger.planned(),
            allowed_lateness_ms=milliseconds(self.allowed_lateness),
            time=self.time,
            order=self.order,
            operators=tuple(
                WindowOperator(reason, canonical_json(one), operator_salt(self.salt, first + number))
                for number, (reason, one) in enumerate(zip(reasons, self.window_operators, strict=True))
            ),
            most_cells=MOST_CELLS if self.sparse_cells is None else self.sparse_cells,
        )
