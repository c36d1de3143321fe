"""Reference data that was uploaded: content under its hash, and names that point to a hash.

A name can be given new content at any time; what it pointed to before stays, for the snapshots that say its hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from streams.stores.errors import ObjectMissingError
from streams.stores.objects import ObjectStore

PREFIX = "uploaded:"
_FOLDER = "references"
_NAME = re.compile(r"\w(?:[\w.-]{0,126}[\w-])?")


@dataclass(frozen=True, slots=True)
class Upload:
    """A name, and the SHA-256 (hex) of what it stands for now."""

    name: str
    sha256: str


def pointer_key(name: str) -> str:
    """Where the hash lies that a name stands for. Raises ValueError for what is no name."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} names no uploaded reference: use letters, digits, _ and -, inside also dots")
    return f"{_FOLDER}/names/{name}"


def content_key(sha256: str) -> str:
    """Where content lies."""
    return f"{_FOLDER}/content/{sha256}"


def add_upload(store: ObjectStore, name: str, content: bytes) -> Upload:
    """Store content, then let the name stand for it: a reader finds the former or the new, whole."""
    pointer, upload = pointer_key(name), Upload(name, hashlib.sha256(content).hexdigest())
    store.put(content_key(upload.sha256), content)
    store.put(pointer, upload.sha256.encode())
    return upload


def read_upload(store: ObjectStore, pointer: str) -> bytes:
    """What a name stands for now, given its `pointer_key`. Raises ObjectMissingError."""
    return store.get(content_key(store.get(pointer).decode().strip()))


def uploads(store: ObjectStore) -> Sequence[Upload]:
    """Every name, in order."""
    found = []
    for key in store.keys(f"{_FOLDER}/names"):
        try:
            found.append(Upload(key.rpartition("/")[2], store.get(key).decode().strip()))
        except ObjectMissingError:  # deleted meanwhile
            continue
    return found
