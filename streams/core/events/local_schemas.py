"""Avro schemas known without a registry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from fastavro.schema import fingerprint, to_parsing_canonical_form

from streams.core.events.schema_source import SchemaUnknownError


@dataclass(frozen=True, slots=True)
class LocalSchemas:
    """A `SchemaSource` of given schemas (JSON texts); the first is the one that bare Avro is written with."""

    texts: Sequence[str]
    _by_fingerprint: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_fingerprint.update({fingerprint_of(text): text for text in self.texts})

    def by_id(self, schema_id: int) -> str:
        """Nothing: ids are a registry's."""
        raise SchemaUnknownError(f"schema id: got {schema_id}; configure the schema registry that gave it")

    def by_guid(self, guid: str) -> str:
        """Nothing: GUIDs are a registry's."""
        raise SchemaUnknownError(f"schema GUID: got {guid}; configure the schema registry that gave it")

    def local(self, fingerprint: str) -> str:
        """Schema by CRC-64-AVRO fingerprint, or the default one."""
        if not fingerprint and self.texts:
            return self.texts[0]
        if fingerprint not in self._by_fingerprint:
            raise SchemaUnknownError(f"schema fingerprint: got {fingerprint!r}; add the schema to the known ones")
        return self._by_fingerprint[fingerprint]


def fingerprint_of(schema: str) -> str:
    """CRC-64-AVRO fingerprint of a schema's canonical form: hex of its 8 bytes as single-object encoding has them."""
    return str(fingerprint(to_parsing_canonical_form(json.loads(schema)), "CRC-64-AVRO"))
