"""Where a collector's snapshots are sent, beside the topic and the object store."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from streams.core.operators.contracts import DECLARATION, Text


def web_address(url: str) -> str:
    """An address without a slash at its end. Errors: ValueError, which does not repeat it."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("is not a web address; write http://HOST:PORT or https://HOST")
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise ValueError("holds a user or password, which addresses do not keep secret; use the secret's own field")
    return url.rstrip("/")


WebAddress = Annotated[str, AfterValidator(web_address)]


class EvidentlyUi(BaseModel):
    """A project of an Evidently UI, of either generation."""

    model_config = DECLARATION

    type: Literal["evidently_ui"] = "evidently_ui"
    api_url: WebAddress = Field(description="Address of the UI, such as http://localhost:8000.")
    project_id: Text = Field(description="Id of the project that snapshots go to.")
    api_secret: SecretStr | None = Field(
        default=None, description="The UI's secret. Write ${NAME} to read it from the environment."
    )


Outlet = EvidentlyUi
