"""When a window closes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from streams.core.collectors.durations import PositiveDuration, milliseconds
from streams.core.operators.contracts import DECLARATION
from streams.core.windows import plan
from streams.core.windows.cron import CronCalendar

Rows = Annotated[int, Field(strict=True, ge=1)]


class IntervalTrigger(BaseModel):
    """Tumbling windows of equal length, counted from 1970-01-01T00:00Z."""

    model_config = DECLARATION

    type: Literal["interval"] = "interval"
    interval: PositiveDuration = Field(description="Length of a window: 30s, 10m, 1h, 1d, or a number of seconds.")

    def planned(self) -> plan.Trigger:
        """The trigger as a window's plan carries it."""
        return plan.Trigger("interval", interval_ms=milliseconds(self.interval))


class RowsTrigger(BaseModel):
    """A window closes when it has `rows` rows."""

    model_config = DECLARATION

    type: Literal["rows"] = "rows"
    rows: Rows = Field(description="Rows in a window.")

    def planned(self) -> plan.Trigger:
        """The trigger as a window's plan carries it."""
        return plan.Trigger("rows", rows=self.rows)


class RowsOrIntervalTrigger(BaseModel):
    """A window closes when it has `rows` rows or its interval ends, whichever is first."""

    model_config = DECLARATION

    type: Literal["rows_or_interval"] = "rows_or_interval"
    rows: Rows = Field(description="Rows that close a window before its interval ends.")
    interval: PositiveDuration = Field(description="Length of a window that stays below `rows` rows.")

    def planned(self) -> plan.Trigger:
        """The trigger as a window's plan carries it."""
        return plan.Trigger("rows_or_interval", interval_ms=milliseconds(self.interval), rows=self.rows)


class CronTrigger(BaseModel):
    """Calendar windows: one ends, and the next begins, whenever the cron expression fires in the time zone."""

    model_config = DECLARATION

    type: Literal["cron"] = "cron"
    expression: str = Field(description="Five fields: minute, hour, day of month, month, day of week.")
    timezone: str = Field(default="UTC", description="IANA name of a time zone, such as Europe/Berlin.")

    @model_validator(mode="after")
    def _fires(self) -> Self:
        fields = len(self.expression.split())
        if fields != 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
            raise ValueError(
                f"expression {self.expression!r} has {fields} fields, not five; `0 6 * * mon` would be Mondays at 6:00"
            )
        CronCalendar(self.expression, self.timezone)
        return self

    def planned(self) -> plan.Trigger:
        """The trigger as a window's plan carries it."""
        return plan.Trigger("cron", cron=self.expression, timezone=self.timezone)


Trigger = Annotated[
    IntervalTrigger | RowsTrigger | RowsOrIntervalTrigger | CronTrigger,
    Field(discriminator="type"),
]
