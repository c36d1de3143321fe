"""When a window closes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, Field, field_validator, model_validator

from streams.core.collectors.durations import PositiveDuration
from streams.core.operators.contracts import DECLARATION

_ANY_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
Rows = Annotated[int, Field(strict=True, ge=1)]


class IntervalTrigger(BaseModel):
    """Tumbling windows of equal length, counted from 1970-01-01T00:00Z."""

    model_config = DECLARATION

    type: Literal["interval"] = "interval"
    interval: PositiveDuration = Field(description="Length of a window: 30s, 10m, 1h, 1d, or a number of seconds.")


class RowsTrigger(BaseModel):
    """A window closes when it has `rows` rows."""

    model_config = DECLARATION

    type: Literal["rows"] = "rows"
    rows: Rows = Field(description="Rows in a window.")


class RowsOrIntervalTrigger(BaseModel):
    """A window closes when it has `rows` rows or its interval ends, whichever is first."""

    model_config = DECLARATION

    type: Literal["rows_or_interval"] = "rows_or_interval"
    rows: Rows = Field(description="Rows that close a window before its interval ends.")
    interval: PositiveDuration = Field(description="Length of a window that stays below `rows` rows.")


class CronTrigger(BaseModel):
    """Calendar windows: one ends, and the next begins, whenever the cron expression fires in the time
    zone.
    """

    model_config = DECLARATION

    type: Literal["cron"] = "cron"
    expression: str = Field(description="Five fields: minute, hour, day of month, month, day of week.")
    timezone: str = Field(default="UTC", description="IANA name of a time zone, such as Europe/Berlin.")

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (KeyError, ValueError, OSError):
            raise ValueError("is not a known time zone; use an IANA name such as UTC or Europe/Berlin") from None
        return timezone

    @model_validator(mode="after")
    def _fires(self) -> Self:
        example = "write five fields, for example `0 6 * * mon` for Mondays at 6:00"
        if len(self.expression.split()) != 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
            raise ValueError(f"expression does not have five fields; {example}")
        try:
            next(CronSim(self.expression, _ANY_MOMENT))
        except CronSimError as error:
            raise ValueError(f"expression is not a cron expression ({error}); {example}") from None
        except StopIteration:
            raise ValueError(f"expression names a moment that never comes; {example}") from None
        return self


Trigger = Annotated[
    IntervalTrigger | RowsTrigger | RowsOrIntervalTrigger | CronTrigger,
    Field(discriminator="type"),
]
