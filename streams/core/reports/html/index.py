"""The index of many snapshots: each collector's latest verdict, its timeline, and links to the pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from streams.core.reports.html.outcomes import in_words
from streams.core.reports.html.templating import templates
from streams.core.reports.html.texts import NOTHING, number, share, window
from streams.core.reports.html.timeline import SHOWN_WINDOWS, Timeline, timeline
from streams.core.reports.html.verdicts import VerdictView, verdict_view
from streams.core.snapshots import Snapshot

LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One snapshot in a collector's list."""

    window: str
    rows: str
    late: str
    dropped: str
    share: str
    tests: str
    verdict: VerdictView
    reason: str
    href: str


@dataclass(frozen=True, slots=True)
class CollectorView:
    """One collector: its latest verdict, its timeline (latest windows), its list (newest first)."""

    name: str
    snapshots: int
    first: str
    latest: Row
    drawn: int
    timeline: Timeline
    rows: tuple[Row, ...]


def index_page(snapshots: Iterable[tuple[Snapshot, str]], title: str = "Snapshots") -> str:
    """A whole HTML document over snapshots with the addresses of their pages, in any order. Links are relative
    or absolute as given; what a page leaves out for length it says.
    """
    ordered = sorted(snapshots, key=lambda item: _order(item[0]))
    names = sorted({snapshot.collector_id for snapshot, _ in ordered})
    views = [_collector(name, [item for item in ordered if item[0].collector_id == name]) for name in names]
    return templates().get_template("index.html.j2").render(title=title, collectors=views, total=len(ordered))


def _order(snapshot: Snapshot) -> tuple[int, int, str]:
    return (snapshot.start_ms or 0, snapshot.sequence or 0, snapshot.id)


def _collector(name: str, items: Sequence[tuple[Snapshot, str]]) -> CollectorView:
    shown = items[-SHOWN_WINDOWS:]
    newest_first = tuple(_row(snapshot, href) for snapshot, href in reversed(items[-LISTED:]))
    return CollectorView(
        name=name,
        snapshots=len(items),
        first=newest_first[-1].window,
        latest=newest_first[0],
        drawn=len(shown),
        timeline=timeline(shown),
        rows=newest_first,
    )


def _row(snapshot: Snapshot, href: str) -> Row:
    return Row(
        window=window(snapshot.start_ms, snapshot.end_ms, snapshot.sequence) or snapshot.batch_id,
        rows=number(snapshot.rows),
        late=number(snapshot.late_rows),
        dropped=number(sum(snapshot.dropped.values())),
        share=share(snapshot.drift.get("share")) if snapshot.drift else NOTHING,
        tests=in_words(snapshot.summary.tests),
        verdict=verdict_view(snapshot),
        reason=snapshot.reason or snapshot.summary.too_few_labels or "",
        href=href,
    )
