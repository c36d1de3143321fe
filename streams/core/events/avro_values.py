"""Avro values one at a time: arrays of events, wide unions of objects, CloudEvents."""

from __future__ import annotations

import io
from typing import Any

import fastavro

from streams.core.events.avro_schema import parsed
from streams.core.events.forms import SchemaKey
from streams.core.events.lookalikes import is_json
from streams.core.events.rejects import MalformedError
from streams.core.events.schema_source import SchemaSource


def schema_for(key: SchemaKey, schemas: SchemaSource) -> str:
    """Writer's schema; raises `SchemaUnknownError` and `SchemaUnavailableError`."""
    if key.by == "id":
        return schemas.by_id(int(key.key))
    return schemas.by_guid(key.key) if key.by == "guid" else schemas.local(key.key)


def value_of(payload: bytes, schema: str) -> Any:
    """Decode one datum; MalformedError where the bytes are not exactly that."""
    source = io.BytesIO(payload)
    try:
        value = fastavro.schemaless_reader(source, parsed(schema), None)
    except MalformedError:
        raise
    except (ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise misfit(payload, repr(error)) from error
    if source.tell() != len(payload):
        raise misfit(payload, f"{len(payload) - source.tell()} bytes are left after the datum")
    return value


def misfit(payload: bytes, why: str) -> MalformedError:
    """Say why bytes are no datum of their schema: they may be JSON under a header that says Avro."""
    if is_json(payload):
        return MalformedError("Avro: the value is JSON, and headers say Avro; correct content-type, or send Avro")
    return MalformedError(f"Avro: {why}; write exactly one datum of the writer's schema")
