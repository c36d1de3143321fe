"""Writer's schemas: from a Confluent-compatible registry, and from the schemas that ship with this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from streams.core.events.local_schemas import LocalSchemas
from streams.core.events.schema_source import SchemaSource

DEFAULT = "prediction.avsc"
LABEL = "label.avsc"


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


def read_shipped(folder: Path, default: str = DEFAULT) -> ShippedSchemas:
    """Read every `*.avsc` of a folder; the default comes first."""
    others = sorted(path for path in folder.glob("*.avsc") if path.name != default)
    return ShippedSchemas(LocalSchemas([path.read_text() for path in (folder / default, *others)]))


def schema_source(url: str | None, options: Mapping[str, object], default: str = DEFAULT) -> SchemaSource:
    """The registry at `url` with the client's `options`, or the shipped schemas where there is no url.

    Bare Avro is written with the shipped schema that `default` names.
    """
    shipped = read_shipped(shipped_schemas(), default)
    if url is None:
        return shipped
    from streams.kafka.registry_schemas import open_registry  # noqa: PLC0415 - an eighth of a worker's start otherwise

    return open_registry(url, options, shipped)
