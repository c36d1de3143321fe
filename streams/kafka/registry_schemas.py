"""Writer's schemas from a Confluent-compatible registry over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from streams.core.events.schema_source import SchemaSource, SchemaUnavailableError, SchemaUnknownError

_NOT_FOUND = 404


@dataclass(slots=True)
class RegistrySchemasState:
    """Schemas of a registry, each asked for once. What has no id is looked up among the shipped ones."""

    client: SchemaRegistryClient
    shipped: SchemaSource
    _known: dict[int | str, str] = field(default_factory=dict)

    def by_id(self, schema_id: int) -> str:
        """The schema that the registry numbered so."""
        return self._ask(schema_id, lambda: self.client.get_schema(schema_id))

    def by_guid(self, guid: str) -> str:
        """The schema of this GUID."""
        return self._ask(guid, lambda: self.client.get_schema_by_guid(guid))

    def local(self, fingerprint: str) -> str:
        """See `ShippedSchemas.local`."""
        return self.shipped.local(fingerprint)

    def _ask(self, name: int | str, call: Callable[[], object]) -> str:
        if name not in self._known:
            self._known[name] = str(getattr(_answer(name, call), "schema_str", ""))
        return self._known[name]


def _answer(name: int | str, call: Callable[[], object]) -> object:
    try:
        return call()
    except SchemaRegistryError as error:
        if error.http_status_code == _NOT_FOUND:
            raise SchemaUnknownError(
                f"the schema registry has no schema {name}: register it or correct the producer"
            ) from error
        raise SchemaUnavailableError(f"the schema registry refused schema {name}: {error}") from error
    except Exception as error:  # whatever the client's HTTP library raises
        raise SchemaUnavailableError(f"the schema registry cannot be reached for schema {name}: {error}") from error


def open_registry(url: str, options: Mapping[str, object], shipped: SchemaSource) -> RegistrySchemasState:
    """Schemas of the registry at `url`, asked with the client's `options`."""
    return RegistrySchemasState(SchemaRegistryClient({"url": url, **options}), shipped)
