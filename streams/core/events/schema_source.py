"""Where Avro writer's schemas come from, without knowing whether a registry or a folder serves them."""

from __future__ import annotations

from typing import Protocol


class SchemaUnknownError(Exception):
    """Nobody knows this schema: asking again will not help, so the message is a dead letter."""


class SchemaUnavailableError(Exception):
    """The schema could not be asked for (registry down, timeout): the chunk must be tried again later."""


class SchemaSource(Protocol):
    """Schemas as JSON text. Every method raises `SchemaUnknownError` or `SchemaUnavailableError`."""

    def by_id(self, schema_id: int) -> str:
        """Schema that a Confluent registry numbered `schema_id`."""
        ...

    def by_guid(self, guid: str) -> str:
        """Schema that a Confluent registry gave this GUID (lower-case, with dashes)."""
        ...

    def local(self, fingerprint: str) -> str:
        """Schema known without a registry, by CRC-64-AVRO fingerprint (hex of its bytes in a message), default `""`."""
        ...
