"""Declarations as plain JSON values, written by our own rules: a hash of them has to outlive versions of libraries."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from streams.core.collectors.durations import milliseconds


def canonical(value: object) -> Any:
    """Return JSON values: models as objects of what is not None, by the names of the file; durations as
    milliseconds.

    None is left out so that a new optional field leaves old hashes alone. Errors: TypeError for any other type, so
    that a secret, which is one, never gets into a hash or a log.
    """
    match value:
        case BaseModel():
            return _fields(value)
        case timedelta():
            return milliseconds(value)
        case tuple() | list():
            return [canonical(one) for one in value]
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{type(value).__name__} has no canonical form; give it one in canonical()")


def canonical_json(value: object) -> str:
    """Return the canonical form as JSON text: the same text for equal declarations."""
    return json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _fields(model: BaseModel) -> dict[str, Any]:
    named = ((field.alias or name, getattr(model, name)) for name, field in type(model).model_fields.items())
    return {name: canonical(value) for name, value in named if value is not None}
