"""Copies of open windows in the object store, below `open-windows/TOPIC/PARTITION/`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from streams.core.windows.copies import DamagedCopyError, LogCopy, border_in, read_copy
from streams.stores.errors import ObjectMissingError
from streams.stores.objects import ObjectStore


class CopyLostError(LookupError):
    """Rows of open windows are lost with an object: the stage stops."""


@dataclass(frozen=True, slots=True)
class CopyStore:
    """The copies of one partition of a log. `topic` is the one that names them: `window-progress`."""

    objects: ObjectStore
    topic: str
    partition: int

    def put(self, copy: LogCopy, content: bytes) -> None:
        """Keep a copy; the same one again changes nothing."""
        self.objects.put(self._key(copy.name), content)

    def read(self, copy: LogCopy) -> list[tuple[int, memoryview]]:
        """Log offset and value of each segment in a copy. CopyLostError, StoreUnavailableError."""
        key = self._key(copy.name)
        try:
            return read_copy(copy, self.objects.get(key))
        except (ObjectMissingError, DamagedCopyError) as error:
            raise CopyLostError(
                f"{self.objects.uri(key)} {'is missing' if isinstance(error, ObjectMissingError) else error}: it holds"
                f" rows that wait in open windows ({self.topic}-{self.partition} names it); put it back, from an older"
                " version in the bucket or a backup, or process the source again into new topics"
            ) from error

    def remove(self, copies: Iterable[LogCopy]) -> None:
        """Remove copies that nobody needs any more."""
        for copy in copies:
            self.objects.delete(self._key(copy.name))

    def sweep(self, needed: Collection[LogCopy], border: int) -> None:
        """Remove what crashed attempts left: copies up to a committed border that its progress does not name.

        Safe for an owner who is none any more: a later owner's copies have later borders, or are needed now.
        """
        names = {copy.name for copy in needed}
        for key in self.objects.keys(self._folder):
            name = key.rpartition("/")[2]
            if name not in names and border_in(name) <= border:
                self.objects.delete(key)

    @property
    def _folder(self) -> str:
        return f"open-windows/{self.topic}/{self.partition}"

    def _key(self, name: str) -> str:
        return f"{self._folder}/{name}"
