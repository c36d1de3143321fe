"""Where a validation error is in a file, and what the schema says there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from streams.core.collectors.problems import Path

Schema = Mapping[str, Any]


def located(loc: Sequence[str | int], value: Any, schema: Schema) -> tuple[Path, tuple[Schema, ...]]:
    """Turn pydantic's location into a path of the file, with the schemas that apply there.

    Pydantic puts the names of a union's branches into the location; the file has no such level.
    """
    path: list[str | int] = []
    here = tuple(_alternatives(schema, schema))
    for part in loc:
        branch = _branch(here, part, schema)
        if branch is not None:
            here = branch
            continue
        inner = tuple(_inner(here, part, schema))
        if not inner and not _has(value, part):
            continue
        path.append(part)
        here = inner
        value = value[part] if _has(value, part) else None
    return tuple(path), here


def known_keys(schemas: Sequence[Schema]) -> tuple[str, ...]:
    """Return the keys that a mapping may have."""
    return tuple(dict.fromkeys(key for one in schemas for key in one.get("properties", ())))


def is_secret(schemas: Sequence[Schema]) -> bool:
    """Say whether a value here must not be shown."""
    return any(one.get("format") == "password" for one in schemas)


def description(schemas: Sequence[Schema]) -> str:
    """Return what the value is, in words, or an empty text."""
    return next((str(one["description"]) for one in schemas if "description" in one and "properties" not in one), "")


def _branch(here: Sequence[Schema], part: str | int, root: Schema) -> tuple[Schema, ...] | None:
    for one in here:
        mapping = one.get("discriminator", {}).get("mapping", {})
        if part in mapping:
            return tuple(_alternatives({"$ref": mapping[part]}, root))
    return None


def _inner(here: Sequence[Schema], part: str | int, root: Schema) -> Iterator[Schema]:
    for one in here:
        if isinstance(part, int):
            inner = one.get("items")
        else:
            inner = one.get("properties", {}).get(part) or one.get("additionalProperties")
        if isinstance(inner, Mapping):
            yield from _alternatives(inner, root)


def _alternatives(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Go through a schema and the schemas that it stands for."""
    yield schema
    if "$ref" in schema:
        yield from _alternatives(root["$defs"][str(schema["$ref"]).rsplit("/", 1)[-1]], root)
    if "discriminator" not in schema:
        for key in ("anyOf", "oneOf", "allOf"):
            for one in schema.get(key, ()):
                yield from _alternatives(one, root)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, dict) and part in value
