"""What came of a demonstration: a table, a page, and whether the drift is where it was put."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from streams.cli.demo.scene import Scene
from streams.cli.options import Session

if TYPE_CHECKING:
    from streams.core.snapshots import Snapshot

_DECIDED = ("drifted", "not_drifted")
_ENOUGH_ROWS = 300  # the rest of a window, of a few rows only, may look like anything
_COLUMNS = ("collector", "window", "rows", "late", "drift_share", "drifted_columns", "verdict")


def write_index(scene: Scene, snapshots: Sequence[Snapshot]) -> Path:
    """The page that leads to every snapshot's page; both lie in the scene's folder."""
    from streams.core.reports.html.index import index_page
    from streams.stages.snapshot_encoding import whole_snapshot
    from streams.stores.listing import PAGE, SNAPSHOTS
    from streams.stores.locations import open_objects

    store = open_objects(str(scene.objects))
    stored = {each.batch_id: each.beside(PAGE) for each in SNAPSHOTS.stored(store)}
    linked = [
        (whole_snapshot(store, each) or each, quote(f"objects/{stored[each.batch_id]}"))
        for each in snapshots
        if each.batch_id in stored
    ]
    page = scene.folder / "index.html"
    page.write_text(index_page(linked, "Drift of sample payments"), encoding="utf-8")
    return page.resolve()


def show_outcome(session: Session, scene: Scene, snapshots: Sequence[Snapshot], page: Path) -> None:
    """The table and where to look, or both as JSON."""
    from streams.cli.options import OutputFormat
    from streams.cli.output import show_json, show_rows
    from streams.cli.snapshot_rows import snapshot_row
    from streams.cli.times import moment_text

    rows = [snapshot_row(each) for each in snapshots]
    if session.output is OutputFormat.JSON:
        show_json({"drift_from_ms": scene.plan.drift_from_ms, "page": str(page), "snapshots": rows})
        return
    show_rows(session, rows, _COLUMNS)
    print(f"\nThe payments are others from {moment_text(scene.plan.drift_from_ms)} on (UTC).")
    print(f"Open {page.as_uri()}")


def misplaced(scene: Scene, snapshots: Sequence[Snapshot]) -> Iterator[str]:
    """Every window on one side of the moment of drift whose verdict says the other; and both sides must be there."""
    drift_from_ms = scene.plan.drift_from_ms or 0
    seen = set()
    for each in snapshots:
        start_ms, end_ms = each.start_ms or 0, each.end_ms or 0
        if each.error is not None:
            yield f"{_named(each)}: {each.error}"
        elif each.verdict.value in _DECIDED and each.rows >= _ENOUGH_ROWS and not start_ms < drift_from_ms < end_ms:
            expected = "drifted" if start_ms >= drift_from_ms else "not_drifted"
            seen.add(expected)
            if each.verdict.value != expected:
                yield f"{_named(each)}: {each.verdict.value} (share {each.drift.get('share')}), expected {expected}"
    for verdict in sorted(set(_DECIDED) - seen):
        yield f"no window was expected to be {verdict}"


def _named(snapshot: Snapshot) -> str:
    from streams.cli.snapshot_rows import window_text

    return f"{snapshot.collector_id} {window_text(snapshot)}"
