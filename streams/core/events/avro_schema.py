"""What can be known of an Avro writer's schema before anything is decoded with it.

Avro 1.12 specification: https://avro.apache.org/docs/1.12.0/specification/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from typing import Any, Literal

import fastavro
import pyruhvro
from fastavro.schema import SchemaParseException

from streams.core.events.flat import GROUPS
from streams.core.events.rejects import MalformedError

_PRIMITIVES = frozenset({"boolean", "int", "long", "float", "double", "string"})
_INSIDE = {"array": "items", "map": "values"}
_BLOCK_LOGICAL = frozenset({"timestamp-millis", "timestamp-micros", "date"})
_AS_MICROS_OR_MILLIS = {"local-timestamp-millis": "timestamp-millis", "local-timestamp-micros": "timestamp-micros"}


class _NotForBlocksError(Exception):
    """The block decoder cannot read this schema."""


@lru_cache(maxsize=256)
def parsed(schema: str) -> Any:
    """Schema for fastavro; MalformedError where it is none."""
    try:
        found = fastavro.parse_schema(json.loads(schema))
        _refuse_items_without_bytes(found, {})
        return found
    except (ValueError, TypeError, KeyError, RecursionError, SchemaParseException) as error:
        raise MalformedError(f"Avro schema: {error!r}; register a valid schema") from error


def _refuse_items_without_bytes(schema: Any, empty: dict[str, bool]) -> bool:
    """Whether a value of a schema may take no byte; `empty` has the named types that were looked at.

    MalformedError for an array of such values: few bytes could declare any number of them.
    """
    if isinstance(schema, list):
        return not [
            _refuse_items_without_bytes(each, empty) for each in schema
        ]  # a value of a union begins with its branch
    if isinstance(schema, str):
        return empty.get(schema, schema == "null")
    kind, name = schema["type"], schema.get("name")
    if kind in ("record", "error"):
        empty[name] = False  # of a type that holds itself
        fields = [_refuse_items_without_bytes(each["type"], empty) for each in schema["fields"]]
        empty[name] = all(fields)
        return empty[name]
    if kind == "fixed":
        empty[name] = schema["size"] == 0
        return empty[name]
    if kind in _INSIDE:
        inside = _refuse_items_without_bytes(schema[_INSIDE[kind]], empty)
        if inside and kind == "array":
            raise MalformedError(
                f"Avro schema: an array of {schema['items']!r}, which takes no bytes; register another"
            )
        return False
    return _refuse_items_without_bytes(kind, empty)


@lru_cache(maxsize=256)
def plain(schema: str) -> Any:
    """Schema for fastavro without logical types: for asking whether bytes fit, whatever the values mean."""
    return fastavro.parse_schema(_without_logical_types(json.loads(schema)))


@lru_cache(maxsize=256)
def shape(schema: str) -> Literal["event", "array", "other"]:
    """Whether a message with this schema is one event, an array of events, or something else."""
    top = parsed(schema)
    kind = top.get("type") if isinstance(top, dict) else None
    return {"record": "event", "error": "event", "array": "array"}.get(str(kind), "other")  # type: ignore[return-value]


@lru_cache(maxsize=256)
def block_schema(schema: str) -> str | None:
    """Schema for pyruhvro of a block: an array of events with a double before each, and a double that closes it.

    None where pyruhvro cannot read events of the schema.
    """
    try:
        record = _for_blocks(json.loads(schema))
        _check_fields(record)
        taken = _names(record)
        name = next(name for name in map("block_{}".format, count()) if name not in taken)
        sealed = {**record, "fields": [{"name": name, "type": "double"}, *record["fields"]]}
        events = {"name": "events", "type": {"type": "array", "items": sealed}}
        closing = {"name": "closing", "type": "double"}
        text = json.dumps({"type": "record", "name": name, "fields": [events, closing]})
        pyruhvro.avro_to_arrow_schema(text)
    except (_NotForBlocksError, ValueError):
        return None
    return text


def _names(schema: Any) -> set[str]:
    """Every name in a schema, of types and fields."""
    if isinstance(schema, list):
        return set().union(*map(_names, schema))
    if not isinstance(schema, dict):
        return set()
    return {str(schema.get("name"))}.union(*map(_names, schema.values()))


def _check_fields(record: Mapping[str, Any]) -> None:
    """An object that is one of several things must be decided event by event."""
    for field in record["fields"]:
        kinds = [kind for kind in field["type"] if kind != "null"] if isinstance(field["type"], list) else []
        if field["name"] in (*GROUPS, "concepts", "collectors") and len(kinds) > 1:
            raise _NotForBlocksError(field["name"])


def _for_blocks(schema: Any) -> Any:
    if isinstance(schema, list):
        return [kind if kind == "null" else _for_blocks(kind) for kind in schema]
    if isinstance(schema, str):
        schema = {"type": schema}
    kind = schema["type"]
    if isinstance(kind, dict | list):
        return _for_blocks(kind)
    if kind in ("bytes", "fixed", "null", "error"):
        raise _NotForBlocksError(kind)
    if kind in _PRIMITIVES:
        return _primitive(kind, schema.get("logicalType"))
    return schema if kind == "enum" else _complex(kind, schema)


def _primitive(kind: str, logical: object) -> Any:
    logical = _AS_MICROS_OR_MILLIS.get(str(logical), logical)
    return {"type": kind, "logicalType": logical} if logical in _BLOCK_LOGICAL else kind


def _complex(kind: str, schema: Mapping[str, Any]) -> Any:
    if kind == "record":
        if not schema["fields"]:
            raise _NotForBlocksError("a record without fields")
        return {**schema, "fields": [{**field, "type": _for_blocks(field["type"])} for field in schema["fields"]]}
    if kind in _INSIDE:
        return {**schema, _INSIDE[kind]: _for_blocks(schema[_INSIDE[kind]])}
    return kind  # the name of a type that was defined before


def _without_logical_types(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_logical_types(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_logical_types(value) for key, value in schema.items() if key not in ("logicalType", "default")
    }
