"""How an event's payload is written, with all that is needed to read it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding that a reader without a schema registry can decode.

    `schema` is the Avro writer's schema as JSON text for `avro`, and empty for `json` and `arrow`, which
    describe themselves.
    """

    kind: Literal["json", "avro", "arrow"]
    schema: str = ""


JSON = Encoding("json")
