"""A collector file as a whole, and its JSON Schema for editors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from streams.core.collectors.collector import Collector
from streams.core.operators.contracts import DECLARATION


class CollectorFile(BaseModel):
    """Collectors for the streams pipeline."""

    model_config = DECLARATION

    json_schema: str | None = Field(default=None, alias="$schema", description="Address of this schema, for editors.")
    collectors: tuple[Collector, ...] = Field(description="The collectors, each with an id of its own.")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a collector file."""
    schema = CollectorFile.model_json_schema()
    # a report may also name a metric by a text alone
    schema["$defs"]["MetricChoice"] = {"anyOf": [{"type": "string"}, schema["$defs"]["MetricChoice"]]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
