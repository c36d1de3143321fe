"""Batches and snapshots as they lie in the object store: by collector, window and batch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streams.core.batches.manifest import folder_of
from streams.core.snapshots import Snapshot
from streams.stores.errors import ObjectMissingError
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


def quality_key(snapshot: Snapshot, ending: str) -> str:
    """Where a revision of a window's model quality lies, in the folder of its snapshot; `ending` is json or html.

    Revisions on other rows of the window, as after the promotion of a replay, lie in a folder of their own.
    """
    folder = folder_of(snapshot.collector_id, snapshot.start_ms or 0, snapshot.batch_id)
    revision = 0 if snapshot.labels_used is None else snapshot.labels_used.revision
    return f"{SNAPSHOTS.folder}/{folder}/quality/{snapshot.rows_digest}/{revision:012}.{ending}"


def latest_quality(store: ObjectStore, collector_id: str | None = None) -> tuple[Stored, ...]:
    """The latest revision of model quality on the rows that each window has now, of one collector or of all, as above.

    A window without one is left out. Raises StoreUnavailableError.
    """
    found: dict[str, list[Stored]] = {}
    for each in _QUALITY_OR_REPLACED.stored(store, collector_id):
        found.setdefault(each.batch_id, []).append(each)
    return tuple(filter(None, (_latest_of_batch(store, each) for each in found.values())))


def _latest_of_batch(store: ObjectStore, found: Sequence[Stored]) -> Stored | None:
    revisions = [each for each in found if "/replaced/" not in each.key]
    latest = {each.key.rpartition("/")[0]: each for each in revisions}  # by key, so that the last one is the highest
    if len(revisions) == len(found) and len(latest) == 1:
        return revisions[-1]
    highest_first = sorted(latest.values(), key=lambda each: each.key.rpartition("/")[2], reverse=True)
    report = _read(store, f"{re.split('/quality/|/replaced/', found[0].key)[0]}/{SNAPSHOTS.name}")
    return next((each for each in highest_first if _is_current(report, _read(store, each.key))), None)


def _is_current(report: Snapshot | None, quality: Snapshot | None) -> bool:
    return report is None or (quality is not None and quality.is_of_same_rows(report))


def _read(store: ObjectStore, key: str) -> Snapshot | None:
    try:
        return Snapshot.from_json_bytes(store.get(key))
    except ObjectMissingError:
        return None


BATCHES: Final = Listing("batches", "manifest.json")
SNAPSHOTS: Final = Listing("snapshots", "snapshot.json")
REPLACED: Final = Listing("snapshots", r"replaced/[0-9a-f]{12}\.json", is_pattern=True)
"""Snapshots whose place a promoted replay has taken."""
_QUALITY_OR_REPLACED: Final = Listing(
    "snapshots", r"(?:quality/(?:[0-9a-f]{12}/)?[0-9]{12}|replaced/[0-9a-f]{12})\.json", is_pattern=True
)
PAGE: Final = "report.html"
"""The page for people, beside a snapshot."""
