"""JSON Schemas (draft 2020-12) of what is written as JSON, from the types that write it."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec


def json_schema_of(kind: type) -> dict[str, Any]:
    """Schema of a msgspec type, the same from every version of Python: descriptions have no indentation, and
    all of it is what reading the written schema gives.
    """
    schema: dict[str, Any] = _cleaned(msgspec.json.schema(kind))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _cleaned(part: Any) -> Any:
    if isinstance(part, list | tuple):
        return [_cleaned(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {name: inspect.cleandoc(one) if _is_words(name, one) else _cleaned(one) for name, one in part.items()}


def _is_words(name: str, value: Any) -> bool:
    return name == "description" and isinstance(value, str)
