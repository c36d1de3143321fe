"""When a collector's results are worth an alert, and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from streams.core.collectors.durations import Duration
from streams.core.collectors.outlets import web_address
from streams.core.operators.contracts import DECLARATION, Text

Reason = Literal["drift", "failed_tests", "error", "missing"]


def _secret_address(url: SecretStr) -> SecretStr:
    return SecretStr(web_address(url.get_secret_value()))


SecretWebAddress = Annotated[SecretStr, AfterValidator(_secret_address)]
"""An address that lets in whoever knows it, as Slack's do: never shown."""


class Webhook(BaseModel):
    """Somebody who is told by an HTTP POST."""

    model_config = DECLARATION

    url: SecretWebAddress = Field(description="Where to post. Write ${NAME} to read it from the environment.")
    format: Literal["json", "slack"] = Field(default="json", description="The alert as JSON, or a message for Slack.")
    secret: SecretStr | None = Field(
        default=None, description="Key of the signature (Standard Webhooks). Write ${NAME} to read it."
    )


class AlertRule(BaseModel):
    """What is worth an alert, how often in a row, and how often at most."""

    model_config = DECLARATION

    name: Text = Field(default="alert", description="Tells the collector's rules apart.")
    on: tuple[Reason, ...] = Field(
        default=("drift", "failed_tests", "error"), min_length=1, description="What to look for; any of it counts."
    )
    after: int = Field(default=1, ge=1, le=1000, description="How many in a row it takes.")
    quiet: Duration = Field(default=timedelta(hours=1), description="For how long nothing follows an alert.")
    webhooks: tuple[Webhook, ...] = Field(default=(), description="Who is told, beside the topic of alerts.")

    @property
    def watches_snapshots(self) -> bool:
        """Whether there is anything to look for in snapshots."""
        return any(reason != "missing" for reason in self.on)

    @property
    def watches_windows(self) -> bool:
        """Whether windows without rows are to be told."""
        return "missing" in self.on
