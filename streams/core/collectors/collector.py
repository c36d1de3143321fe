"""A collector: the promise that the system keeps for every event."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from streams.core.collectors.durations import Duration
from streams.core.collectors.triggers import Trigger
from streams.core.operators.contracts import DECLARATION
from streams.core.operators.hashing import salt_of
from streams.core.operators.model_pattern import AnyOrExact, ModelPattern
from streams.core.operators.table import AnyEventOperator, Operator

CollectorId = Annotated[str, Field(pattern=r"^\w(?:[\w .-]{0,126}[\w-])?$")]


class Collector(BaseModel):
    """Says which events somebody wants, how to batch them, what to compute on a batch and where results
    go.
    """

    model_config = DECLARATION

    id: CollectorId = Field(
        description="Names the collector everywhere: letters, digits, _ and -, inside also dots and spaces."
    )
    description: str = Field(default="", description="What the collector is for.")
    enabled: bool = Field(
        default=True, description="A collector that is not enabled selects nothing and counts nothing."
    )
    source: ModelPattern = Field(
        default=ModelPattern(), description="The models whose events are wanted: any part left out is any."
    )
    caller: AnyOrExact = Field(
        default=None, description="The caller whose events are wanted; left out or empty means any."
    )
    direct_only: bool = Field(
        default=False, description="Take only events that name this collector in their `collectors`, none by source."
    )
    operators: tuple[Operator, ...] = Field(default=(), description="What to do to the events, in order.")
    trigger: Trigger = Field(description="When a window closes.")
    time: Literal["event", "ingest"] = Field(
        default="event", description="Windows go by the event's own time, or by the time Kafka recorded it."
    )
    allowed_lateness: Duration = Field(
        default=timedelta(minutes=1),
        description="How far behind the newest event of its partition an event may come and be in time.",
    )
    order: Literal["event_time", "arrival"] = Field(
        default="event_time",
        description="Rows enter windows by time, the same from any number of workers, or as they come.",
    )

    @cached_property
    def salt(self) -> int:
        """What this collector's samples are drawn by."""
        return salt_of(self.id)

    @cached_property
    def event_operators(self) -> tuple[AnyEventOperator, ...]:
        """The operators that look at one event at a time, in order."""
        return self.operators
