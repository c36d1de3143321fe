"""How what a replay made differs from what is live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from streams.core.batches.manifest import Manifest, encode_manifest
from streams.core.events.times import written
from streams.core.replay.job import ReplayJob
from streams.core.snapshots import Snapshot
from streams.core.windows.calendar import calendar
from streams.core.windows.plan import WindowPlan

WindowKey = tuple[int, int, int]
Difference = Literal["same", "differs", "only live", "only replay"]


@dataclass(frozen=True, slots=True)
class Reported:
    """A batch, and its snapshot where there is one."""

    manifest: Manifest
    snapshot: Snapshot | None

    @property
    def window(self) -> WindowKey:
        """What tells windows of one collector apart: start, end, sequence."""
        return self.manifest.start_ms, self.manifest.end_ms, self.manifest.sequence


@dataclass(frozen=True, slots=True)
class Current:
    """What is current of a batch: its manifest, and the SHA-256 of its snapshot; None for what is not there."""

    manifest: Manifest | None = None
    snapshot_sha256: str | None = None

    def is_of(self, manifest: Manifest) -> bool:
        """Whether that is the same batch, wherever its rows lie."""
        return self.manifest is not None and self.manifest.at_home == manifest.at_home


def changes(made: Iterable[Reported], current: Mapping[str, Current]) -> Iterator[Reported]:
    """What a replay reported on and what is not current by batch id: all that there is to promote."""
    for each in made:
        known = current.get(each.manifest.batch_id, Current())
        if each.snapshot is None:
            continue
        if not known.is_of(each.manifest) or known.snapshot_sha256 != each.snapshot.content_sha256:
            yield each


class WindowDiff(msgspec.Struct, frozen=True, kw_only=True):
    """One window on both sides: (live, replay); None where a side lacks it.

    `batch` and `snapshot` compare bytes: manifest (with its objects' hashes, wherever they lie) and snapshot.
    """

    start_ms: int
    end_ms: int
    sequence: int
    batch: Difference
    snapshot: Difference
    rows: tuple[int | None, int | None]
    late: tuple[int | None, int | None]
    verdict: tuple[str | None, str | None]
    drift_share: tuple[float | None, float | None]

    @property
    def same(self) -> bool:
        """Whether both sides are equal to the byte."""
        return self.batch == self.snapshot == "same"


def compare(live: Iterable[Reported], replayed: Iterable[Reported]) -> list[WindowDiff]:
    """Match windows by their bounds and compare them, in order."""
    sides = ({each.window: each for each in live}, {each.window: each for each in replayed})
    return [_compared(key, *sides) for key in sorted(set(sides[0]) | set(sides[1]))]


def beyond(plan: WindowPlan, job: ReplayJob) -> list[str]:
    """Windows that lie in part within what was asked for, in words: they are on neither side."""
    if plan.trigger.kind == "rows":
        return []
    bounds = calendar(plan.trigger)
    found = {bounds.window(job.from_ms), bounds.window(job.to_ms - 1)}
    return [
        f"the window from {written(start_ms)} to {written(end_ms)}, of which a part alone was asked for"
        for start_ms, end_ms in sorted(found)
        if start_ms < job.from_ms or end_ms > job.to_ms
    ]


def _compared(key: WindowKey, live: Mapping[WindowKey, Reported], replayed: Mapping[WindowKey, Reported]) -> WindowDiff:
    sides = (live.get(key), replayed.get(key))
    manifests = tuple(None if side is None else side.manifest for side in sides)
    snapshots = tuple(None if side is None else side.snapshot for side in sides)
    return WindowDiff(
        start_ms=key[0],
        end_ms=key[1],
        sequence=key[2],
        batch=_difference(*(None if each is None else encode_manifest(each.at_home) for each in manifests)),
        snapshot=_difference(*(None if each is None else each.to_json_bytes() for each in snapshots)),
        rows=_pair(None if each is None else each.rows for each in manifests),
        late=_pair(None if each is None else each.late_rows for each in manifests),
        verdict=_pair(None if each is None else each.verdict.value for each in snapshots),
        drift_share=_pair(None if each is None else each.drift.get("share") for each in snapshots),
    )


def _difference(live: bytes | None, replayed: bytes | None) -> Difference:
    if live == replayed:
        return "same"
    if live is None:
        return "only replay"
    return "only live" if replayed is None else "differs"


def _pair(values: Iterable[object]) -> tuple:  # type: ignore[type-arg]
    first, second = values
    return first, second
