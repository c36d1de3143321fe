"""From a URI to the object store that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from pyarrow.fs import FileSystem, GcsFileSystem, S3FileSystem

from streams.stores.bucket import BucketObjects
from streams.stores.errors import StoreUnavailableError
from streams.stores.folder import FolderObjects
from streams.stores.objects import ObjectStore

_URI = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+:")
_REMEDIES: Mapping[str, str] = {
    "s3": "see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and for a server other than AWS"
    " store.s3_endpoint_url (STREAMS_STORE_S3_ENDPOINT_URL)",
    "gs": "see GOOGLE_APPLICATION_CREDENTIALS",
}
_CONNECT_TIMEOUT_S = 10.0
_REQUEST_TIMEOUT_S = 60.0


def open_objects(uri: str, s3_endpoint_url: str | None = None) -> ObjectStore:
    """The store at a folder's path, `file:///folder`, `s3://bucket/prefix` or `gs://bucket/prefix`.

    Credentials come from where the store's own tools take them (`AWS_...`, Google's default credentials), never from
    the URI. Nothing is asked of the store yet: `check()` does. Raises ValueError for what names no store.
    """
    if not _URI.match(uri):
        return FolderObjects(Path(uri))
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return FolderObjects(_folder(parts))
    if parts.scheme not in _REMEDIES:
        raise ValueError(
            f"{parts.scheme}: names no object store: use a folder, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX"
        )
    return BucketObjects(
        filesystem=_filesystem(parts.scheme, s3_endpoint_url),
        scheme=parts.scheme,
        place=_place(parts),
        remedy=_REMEDIES[parts.scheme],
    )


def open_existing(uri: str, s3_endpoint_url: str | None = None) -> ObjectStore:
    """The same for one that is only read. Raises StoreUnavailableError for a folder that does not exist."""
    store = open_objects(uri, s3_endpoint_url)
    if isinstance(store, FolderObjects) and not store.root.is_dir():
        raise StoreUnavailableError(
            f"there is no folder {store.root}: set store.uri (STREAMS_STORE_URI) to the store that workers write to"
        )
    return store


def _folder(parts: SplitResult) -> Path:
    if parts.netloc not in ("", "localhost") or not parts.path:
        raise ValueError(f"file://{parts.netloc}{parts.path} names no folder of this machine: write file:///FOLDER")
    return Path(unquote(parts.path))


def _place(parts: SplitResult) -> str:
    if "@" in parts.netloc:
        raise ValueError(f"a {parts.scheme}:// URI must not hold credentials: {_REMEDIES[parts.scheme]}")
    if not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"a {parts.scheme}:// URI must be {parts.scheme}://BUCKET or {parts.scheme}://BUCKET/PREFIX")
    return (parts.netloc + parts.path).strip("/")


def _filesystem(scheme: str, s3_endpoint_url: str | None) -> FileSystem:
    if scheme == "gs":
        return GcsFileSystem()
    return S3FileSystem(
        endpoint_override=s3_endpoint_url,
        connect_timeout=_CONNECT_TIMEOUT_S,
        request_timeout=_REQUEST_TIMEOUT_S,
        allow_delayed_open=True,  # small objects go in one request instead of a multipart upload
    )
