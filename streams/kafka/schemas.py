"""Writer's schemas: from a Confluent-compatible registry, and from the schemas that ship with this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.schema_source import SchemaSource, SchemaUnavailableError, SchemaUnknownError

DEFAULT = "prediction.avsc"
_NOT_FOUND = 404


def shipped_schemas() -> Path:
    """The folder of schemas: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


@dataclass(frozen=True, slots=True)
class ShippedSchemas:
    """Schemas known without a registry. An id or GUID means the default schema here: there is no other to mean."""

    known: LocalSchemas

    def by_id(self, schema_id: int) -> str:
        """The default schema."""
        del schema_id
        return self.known.local("")

    def by_guid(self, guid: str) -> str:
        """The default schema."""
        del guid
        return self.known.local("")

    def local(self, fingerprint: str) -> str:
        """See `LocalSchemas.local`."""
        return self.known.local(fingerprint)


def read_shipped(folder: Path) -> ShippedSchemas:
    """Read every `*.avsc` of a folder; the default comes first."""
    others = sorted(path for path in folder.glob("*.avsc") if path.name != DEFAULT)
    return ShippedSchemas(LocalSchemas([path.read_text() for path in (folder / DEFAULT, *others)]))


@dataclass(slots=True)
class RegistrySchemasState:
    """Schemas of a registry, each asked for once. What has no id is looked up among the shipped ones."""

    client: SchemaRegistryClient
    shipped: ShippedSchemas
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


def schema_source(url: str | None, options: Mapping[str, object]) -> SchemaSource:
    """The registry at `url` with the client's `options`, or the shipped schemas where there is no url."""
    shipped = read_shipped(shipped_schemas())
    if url is None:
        return shipped
    return RegistrySchemasState(SchemaRegistryClient({"url": url, **options}), shipped)
