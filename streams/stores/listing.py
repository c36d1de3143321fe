"""Batches and snapshots as they lie in the object store: by collector, window and batch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from streams.stores.objects import ObjectStore


@dataclass(frozen=True, slots=True)
class Stored:
    """Where what was made of a window lies. `window_start` is as in the key, such as `20261121T100000.000Z`."""

    collector_id: str
    window_start: str
    batch_id: str
    key: str

    def beside(self, name: str) -> str:
        """The key of another object of the same window."""
        return f"{self.key.rpartition('/')[0]}/{name}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder of the store in which every window has one object of a name; or several, where that is a pattern."""

    folder: str
    name: str
    is_pattern: bool = False

    def stored(self, store: ObjectStore, collector_id: str | None = None) -> tuple[Stored, ...]:
        """Those of one collector, or of all, by collector and window start. Raises StoreUnavailableError."""
        name = self.name if self.is_pattern else re.escape(self.name)
        pattern = rf"{self.folder}/(?P<collector>[^/]+)/(?P<window>[^/]+Z)-(?P<batch>[0-9a-f]+)/{name}"
        keys = store.keys(f"{self.folder}/{collector_id}" if collector_id else self.folder)
        matches = filter(None, map(re.compile(pattern).fullmatch, keys))
        found = [Stored(each["collector"], each["window"], each["batch"], each.string) for each in matches]
        return tuple(sorted(found, key=lambda each: (each.collector_id, each.window_start, each.key)))

    def find(self, store: ObjectStore, batch_id: str) -> Stored | None:
        """That of a batch; the first characters of its id are enough, with or without the ellipsis that a table puts
        behind them. None where none or several match.
        """
        found = [each for each in self.stored(store) if each.batch_id.startswith(batch_id.removesuffix("…"))]
        return found[0] if len(found) == 1 else None


def page_of(key: str) -> str:
    """Where the page about a snapshot lies."""
    folder, _, name = key.rpartition("/")
    return f"{folder}/{PAGE}" if name == SNAPSHOTS.name else key.removesuffix("json") + "html"


def quality_key(folder: str, revision: int, ending: str) -> str:
    """Where a revision of a window's model quality lies, in the folder of its snapshot; `ending` is json or html."""
    return f"{folder}/quality/{revision:012}.{ending}"


def latest_quality(store: ObjectStore, collector_id: str | None = None) -> tuple[Stored, ...]:
    """The latest revision of model quality of each window that has one, of one collector or of all, as above."""
    every = _QUALITY.stored(store, collector_id)
    return tuple({each.batch_id: each for each in every}.values())  # by key, so that the last one is the highest


BATCHES: Final = Listing("batches", "manifest.json")
SNAPSHOTS: Final = Listing("snapshots", "snapshot.json")
_QUALITY: Final = Listing("snapshots", r"quality/[0-9]{12}\.json", is_pattern=True)
PAGE: Final = "report.html"
"""The page for people, beside a snapshot."""
