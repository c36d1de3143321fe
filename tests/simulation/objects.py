"""An object store in memory: whole objects or none, and sometimes nobody answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streams.stores.errors import ObjectMissingError, StoreUnavailableError
from streams.stores.objects import ObjectVersion, checked


def _nothing() -> None:
    pass


@dataclass(slots=True)
class ObjectsState:
    """See `ObjectStore`. `content` outlives processes; `moment` and `refuses` are those of the process that asks."""

    content: dict[str, bytes] = field(default_factory=dict)
    moment: Callable[[], None] = _nothing
    refuses: Callable[[], bool] = bool

    def put(self, key: str, content: bytes) -> None:
        self._reach(key)
        self.content[checked(key)] = content
        self.moment()

    def get(self, key: str) -> bytes:
        self._reach(key)
        if checked(key) not in self.content:
            raise ObjectMissingError(f"no object {key!r}")
        return self.content[key]

    def delete(self, key: str) -> None:
        self._reach(key)
        self.content.pop(checked(key), None)
        self.moment()

    def version(self, key: str) -> ObjectVersion:
        found = self.get(key)
        return ObjectVersion(len(found), hashlib.sha256(found).hexdigest())

    def exists(self, key: str) -> bool:
        self._reach(key)
        return checked(key) in self.content

    def keys(self, prefix: str = "") -> Sequence[str]:
        return sorted(key for key in self.content if not prefix or key.startswith(f"{prefix}/"))

    def check(self) -> None:
        self._reach("")

    def uri(self, key: str) -> str:
        return f"simulated://{checked(key)}"

    def _reach(self, key: str) -> None:
        self.moment()
        if self.refuses():
            raise StoreUnavailableError(f"the store does not serve {key!r}: simulated")
