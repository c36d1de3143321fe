"""Snapshots as they lie in the object store, below `snapshots/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.stores.objects import ObjectStore

_FOLDER = "snapshots"
_KEY = re.compile(r"snapshots/(?P<collector>[^/]+)/(?P<window>[0-9]{8}T[0-9.]+Z)-(?P<batch>[0-9a-f]+)/snapshot\.json")


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """Where a snapshot lies. `window_start` is as in the key, such as `20261121T100000.000Z`."""

    collector_id: str
    window_start: str
    batch_id: str
    key: str

    @property
    def html_key(self) -> str:
        """The page for people, beside it."""
        return self.key.removesuffix("snapshot.json") + "report.html"


def stored_snapshots(store: ObjectStore, collector_id: str | None = None) -> tuple[StoredSnapshot, ...]:
    """Every snapshot of one collector, or of all, by collector and window start."""
    below = f"{_FOLDER}/{collector_id}" if collector_id else _FOLDER
    return tuple(
        sorted(_recognised(store.keys(below)), key=lambda each: (each.collector_id, each.window_start, each.key))
    )


def find_snapshot(store: ObjectStore, batch_id: str) -> StoredSnapshot | None:
    """The snapshot of a batch; the first characters of its id are enough. None where none or several match."""
    found = [each for each in stored_snapshots(store) if each.batch_id.startswith(batch_id)]
    return found[0] if len(found) == 1 else None


def _recognised(keys: Sequence[str]) -> Iterator[StoredSnapshot]:
    for key in keys:
        found = _KEY.fullmatch(key)
        if found:
            yield StoredSnapshot(found["collector"], found["window"], found["batch"], key)
