"""Objects under keys: what every object store here does, whether a folder or a bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """What is known of an object without its content. `stamp` changes whenever the content does."""

    bytes: int
    stamp: str


class ObjectStore(Protocol):
    """Objects under keys. A key is a relative path with `/` between its parts.

    An object is there whole or not at all; putting the same key again replaces it. Every method raises
    StoreUnavailableError where the store cannot be reached or refuses, and ValueError for what is no key.
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep content durably: once this returns, a crash does not lose it."""

    def get(self, key: str) -> bytes:
        """The whole content. Raises ObjectMissingError."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""

    def version(self, key: str) -> ObjectVersion:
        """What is known of an object without reading it. Raises ObjectMissingError."""

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    def keys(self, prefix: str = "") -> Sequence[str]:
        """The key of every object below a folder `prefix` ("" is all), in order."""

    def check(self) -> None:
        """Raise StoreUnavailableError unless the store answers and the bucket is there."""

    def uri(self, key: str) -> str:
        """Where others find the object."""


def checked(key: str) -> str:
    """The key itself. Raises ValueError where it would lead elsewhere."""
    parts = key.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in key or "\0" in key:
        raise ValueError(f"object key {key!r} must be a relative path without empty, '.' or '..' parts")
    return key
