"""Reference data that batches are compared with: Parquet or CSV, by path, URI or name of an upload."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from streams.stores.errors import ObjectMissingError, StoreUnavailableError
from streams.stores.locations import open_objects
from streams.stores.objects import ObjectStore, ObjectVersion
from streams.stores.uploads import PREFIX, pointer_key, read_upload

_URI = re.compile(r"^(?P<folder>[a-zA-Z][a-zA-Z0-9+.-]+://.*)/(?P<key>[^/]+)$")
_PARQUET_MAGIC = b"PAR1"
_REFUSALS = (PermissionError, IsADirectoryError, NotADirectoryError)
_REFUSALS_OF_BUCKETS = ("ACCESS_DENIED", "NO_SUCH_BUCKET")  # as the AWS SDK below pyarrow calls them


class ReferenceUnusableError(ValueError):
    """A reference that is missing or is no table; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Reference data and the hash of the bytes it was read from, which goes into every snapshot made with it."""

    location: str
    sha256: str
    table: pa.Table


@dataclass(slots=True)
class ReferenceCacheState:
    """Reads each reference once, and again when its source has changed.

    A relative path is relative to `folder`, where the collectors file is; uploads lie in the store `uploads_uri`. Not
    for use by several threads at once.
    """

    folder: Path
    s3_endpoint_url: str | None = None
    uploads_uri: str | None = None
    _seen: dict[str, tuple[ObjectVersion, Reference]] = field(default_factory=dict)
    _tables: dict[str, pa.Table] = field(default_factory=dict)

    def load(self, location: str) -> Reference:
        """The reference as it is now. Raises ReferenceUnusableError, StoreUnavailableError."""
        try:
            return self._current(location)
        except ObjectMissingError as error:
            raise ReferenceUnusableError(f"reference {location}: {error}: {_remedy(location)}") from None
        except StoreUnavailableError as error:
            if not _is_refusal(error):
                raise
            raise ReferenceUnusableError(f"reference {location} cannot be read: {error}") from None

    def _current(self, location: str) -> Reference:
        store, key = self._place(location)
        version = store.version(key)
        seen = self._seen.get(location)
        if seen is not None and seen[0] == version:
            return seen[1]
        content = read_upload(store, key) if location.startswith(PREFIX) else store.get(key)
        reference = self._read(location, content)
        self._seen[location] = (version, reference)
        self._keep_only_seen()
        return reference

    def _place(self, location: str) -> tuple[ObjectStore, str]:
        if location.startswith(PREFIX) and self.uploads_uri is not None:
            return open_objects(self.uploads_uri, self.s3_endpoint_url), pointer_key(location.removeprefix(PREFIX))
        found = _URI.match(location)
        if found:
            return open_objects(found["folder"], self.s3_endpoint_url), found["key"]
        path = self.folder / location
        return open_objects(str(path.parent)), path.name

    def _read(self, location: str, content: bytes) -> Reference:
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 not in self._tables:
            self._tables[sha256] = parse_reference(location, content)
        return Reference(location, sha256, self._tables[sha256])

    def _keep_only_seen(self) -> None:
        used = {reference.sha256 for _, reference in self._seen.values()}
        self._tables = {sha256: table for sha256, table in self._tables.items() if sha256 in used}


def parse_reference(location: str, content: bytes) -> pa.Table:
    """Parquet, or CSV with a header line. Raises ReferenceUnusableError, in which `location` names it."""
    try:
        table = _table(content)
        names = table.column_names  # decoded only here
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ReferenceUnusableError(
            f"reference {location} is neither Parquet nor CSV with a header line, in UTF-8: {error}"
        ) from error
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise ReferenceUnusableError(
            f"reference {location}: columns {twice} occur more than once: rename all but one of each"
        )
    return table


def _table(content: bytes) -> pa.Table:
    if content.startswith(_PARQUET_MAGIC):
        return parquet.read_table(io.BytesIO(content))
    # One block: types are inferred from all rows, so that they do not depend on where blocks end.
    options = csv.ReadOptions(use_threads=False, block_size=len(content) + 1)
    return csv.read_csv(io.BytesIO(content), read_options=options)


def _is_refusal(error: StoreUnavailableError) -> bool:
    """Whether somebody has to change something: waiting for it would hold all other reports back."""
    cause = error.__cause__
    return isinstance(cause, _REFUSALS) or any(name in str(cause) for name in _REFUSALS_OF_BUCKETS)


def _remedy(location: str) -> str:
    if location.startswith(PREFIX):
        return f"upload it with `streams references add FILE --name {location.removeprefix(PREFIX)}`"
    return "put the file there or correct the path"
