"""Which of several snapshots of a batch is the current one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.core.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Judged:
    """A snapshot, and whether another report has taken its place."""

    snapshot: Snapshot
    replaced: bool


def judged(snapshots: Iterable[Snapshot]) -> Sequence[Judged]:
    """Every report once, in the order in which they were published, and the current model quality of each batch.

    The last report of a batch replaces those before it. Model quality is current where it is of the rows that the last
    report is of: of that, the highest revision is. What was replaced by a quality snapshot is left out.
    """
    reports: dict[str, dict[str, Snapshot]] = {}
    quality: dict[str, list[Snapshot]] = {}
    for each in snapshots:
        if each.labels_used is not None:
            quality.setdefault(each.batch_id, []).append(each)
            continue
        published = reports.setdefault(each.batch_id, {})
        published.pop(each.content_sha256, None)  # one that comes back is the last one now
        published[each.content_sha256] = each
    found = [Judged(one, one is not _last(batch)) for batch in reports.values() for one in batch.values()]
    latest = (_latest(every, reports.get(batch)) for batch, every in quality.items())
    return [*found, *(Judged(each, replaced=False) for each in latest if each is not None)]


def _last(published: dict[str, Snapshot]) -> Snapshot:
    return next(reversed(published.values()))


def _latest(revisions: Sequence[Snapshot], published: dict[str, Snapshot] | None) -> Snapshot | None:
    report = None if published is None else _last(published)
    own = [each for each in revisions if report is None or each.is_of_same_rows(report)]
    return max(reversed(own), key=_revision, default=None)  # one that was tried again is the later one


def _revision(snapshot: Snapshot) -> int:
    return 0 if snapshot.labels_used is None else snapshot.labels_used.revision
