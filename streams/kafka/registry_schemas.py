"""Writer's schemas from a Confluent-compatible registry over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from streams.core.events.avro_references import with_references
from streams.core.events.schema_source import SchemaSource, SchemaUnavailableError, SchemaUnknownError

# Subject, version and schema not found, as the API numbers them. Any other refusal, an unknown path among them, says
# nothing of the schema.
_NOT_FOUND = (40401, 40402, 40403)
_MOST_REFERENCES = 200


@dataclass(slots=True)
class RegistrySchemasState:
    """Schemas of a registry, each asked for once, with the types of other subjects that they refer to written out.
    What has no id is looked up among the shipped ones.
    """

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

    def _ask(self, name: int | str, call: Callable[[], Schema]) -> str:
        if name not in self._known:
            found = _answer(f"schema {name}", call)
            text = _avro_text(f"schema {name}", found)
            types = list(self._types(name, found).values())
            self._known[name] = with_references(text, types) if types else text
        return self._known[name]

    def _types(self, name: int | str, schema: Schema) -> Mapping[tuple[str, int], str]:
        """The schemas that one refers to, directly or through others, by subject and version."""
        found: dict[tuple[str, int], str] = {}
        waiting = [*(schema.references or ())]
        while waiting:
            reference = waiting.pop()
            place = str(reference.subject), int(reference.version or 0)
            if place in found:
                continue
            if len(found) == _MOST_REFERENCES:
                raise SchemaUnknownError(
                    f"schema {name} refers to more than {_MOST_REFERENCES} others: register one with fewer"
                )
            where = f"schema {name}, which refers to version {place[1]} of subject {place[0]},"
            registered = _answer(where, lambda place=place: self.client.get_version(*place).schema)  # type: ignore[misc]
            found[place] = _avro_text(where, registered)
            waiting += registered.references or ()
        return found


def _avro_text(where: str, schema: Schema) -> str:
    if (schema.schema_type or "AVRO") != "AVRO":
        raise SchemaUnknownError(f"{where} is {schema.schema_type}, not Avro: send events as Avro or as plain JSON")
    if not schema.schema_str:
        raise SchemaUnavailableError(f"the schema registry's answer for {where} holds no schema: check registry.url")
    return str(schema.schema_str)


def _answer(where: str, call: Callable[[], Schema]) -> Schema:
    try:
        return call()
    except SchemaRegistryError as error:
        if error.error_code in _NOT_FOUND:
            raise SchemaUnknownError(
                f"the schema registry has no {where}: register it or correct the producer ({error})"
            ) from error
        raise SchemaUnavailableError(
            f"the schema registry refused {where}: {error}: check registry.url (STREAMS_REGISTRY_URL), with its path,"
            " and the credentials"
        ) from error
    except Exception as error:  # whatever the client's HTTP library raises, or finds in an answer of another server
        raise SchemaUnavailableError(f"the schema registry cannot be reached for {where}: {error}") from error


def open_registry(url: str, options: Mapping[str, object], shipped: SchemaSource) -> RegistrySchemasState:
    """Schemas of the registry at `url`, asked with the client's `options`."""
    return RegistrySchemasState(SchemaRegistryClient({"url": url, **options}), shipped)
