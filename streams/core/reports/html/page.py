"""The page of one snapshot: verdict first, then columns by drift, then where the rows came from."""

from dataclasses import dataclass
from typing import Final

from msgspec import UNSET

from streams.core.reports.html.columns import DRIFTED, FAILED, NOT_COMPARED, STABLE, ColumnView, Figure, column_views
from streams.core.reports.html.outcomes import counted, outcomes_view
from streams.core.reports.html.quality import quality_view
from streams.core.reports.html.slices import sliced_views
from streams.core.reports.html.templating import templates
from streams.core.reports.html.texts import NOTHING, number, share, window
from streams.core.reports.html.verdicts import verdict_view
from streams.core.snapshots import LabelsUsed, Snapshot


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top of a page."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Events left out for one reason, and a bar length in per cent of the largest."""

    reason: str
    events: int
    length: float


@dataclass(frozen=True, slots=True)
class Group:
    """Columns of one status: some are drawn as cards, and the others are rows of a table."""

    title: str
    drawn: list[ColumnView]
    listed: list[ColumnView]


DRAWN_COLUMNS: Final = 200
"""A browser takes long over thousands of pictures: the most drifted columns have one."""

LISTED: Final = 500


def snapshot_page(snapshot: Snapshot, index_href: str | None = None) -> str:
    """A whole HTML document; `index_href` leads back to an index where there is one. The same text every time."""
    used = snapshot.labels_used
    columns = [] if snapshot.report is None or used is not None else column_views(snapshot.report)
    return (
        templates()
        .get_template("snapshot.html.j2")
        .render(
            snapshot=snapshot,
            index_href=index_href,
            window=window(snapshot.start_ms, snapshot.end_ms, snapshot.sequence),
            verdict=verdict_view(snapshot),
            drift=snapshot.drift,
            tiles=_tiles(snapshot, columns) if used is None else _quality_tiles(snapshot, used),
            groups=_groups(columns, compared=snapshot.reference is not None),
            dropped=_dropped(snapshot),
            awaits=_awaits(snapshot),
            errors=_errors(snapshot),
            tests=None if snapshot.report is None else outcomes_view(snapshot.report.tests),
            quality=None if snapshot.report is None else quality_view(snapshot.report.entries),
            sliced=[] if snapshot.report is None else sliced_views(snapshot.report.slices),
            counts=_counts(snapshot),
            left_out=sorted(snapshot.drift.get("left_out", {}).items()),
            most=LISTED,
        )
    )


def _tiles(snapshot: Snapshot, columns: list[ColumnView]) -> list[Tile]:
    drifted = sum(column.status == DRIFTED for column in columns)
    compared = sum(column.status in (DRIFTED, STABLE) for column in columns)
    dropped = sum(snapshot.dropped.values())
    left = None if snapshot.other_columns is UNSET else snapshot.other_columns
    tests = () if snapshot.report is None else snapshot.report.tests
    return [
        Tile("rows", number(snapshot.rows), _reference_rows(snapshot)),
        Tile("columns drifted", f"{drifted} of {compared}" if compared else NOTHING, f"{len(columns)} reported"),
        *([] if not tests else [Tile("tests", *counted(tests).split(", ", 1))]),
        Tile("missing values", share(_missing(snapshot)), _reference_missing(snapshot)),
        Tile("late rows", number(snapshot.late_rows), "kept beside the batch"),
        Tile("dropped", number(dropped), "left out by the collector"),
        *([] if not left else [Tile("rare columns", number(left.columns), "left in the batch's map: not reported")]),
    ]


def _quality_tiles(snapshot: Snapshot, used: LabelsUsed) -> list[Tile]:
    tests = () if snapshot.report is None else snapshot.report.tests
    return [
        Tile("labelled", share(used.share), f"{number(used.labelled)} rows, {number(used.labelled_late)} of them late"),
        Tile("revision", number(used.revision), "labels that have come"),
        Tile("duplicates", number(used.duplicates), "replaced by a later label"),
        *([] if not tests else [Tile("tests", *counted(tests).split(", ", 1))]),
    ]


def _reference_rows(snapshot: Snapshot) -> str:
    entry = None if snapshot.report is None else snapshot.report.of("row_count")
    if entry is None or entry.reference is None:
        return "in the batch"
    return f"reference {number(entry.reference['rows'])}"


def _missing(snapshot: Snapshot, side: str = "current") -> float | None:
    entries = () if snapshot.report is None else snapshot.report.entries
    found = [getattr(entry, side) for entry in entries if entry.metric == "missing_values"]
    shares = [values["share"] for values in found if values]
    return sum(shares) / len(shares) if shares else None


def _reference_missing(snapshot: Snapshot) -> str:
    missing = _missing(snapshot, "reference")
    return "of all fields" if missing is None else f"reference {share(missing)}"


def _groups(columns: list[ColumnView], *, compared: bool) -> list[Group]:
    titles = {DRIFTED: "Drifted", FAILED: "Could not be compared", STABLE: "Stable", NOT_COMPARED: "Not compared"}
    parts = {title: [column for column in columns if column.status == status] for status, title in titles.items()}
    groups, room = [], DRAWN_COLUMNS
    for title, members in (parts if compared else {"Columns": columns}).items():
        groups.append(Group(title, members[:room], members[room:]))
        room -= len(groups[-1].drawn)
    return [group for group in groups if group.drawn or group.listed]


def _dropped(snapshot: Snapshot) -> list[Dropped]:
    most = max(snapshot.dropped.values(), default=0) or 1
    ordered = sorted(snapshot.dropped.items(), key=lambda item: (-item[1], item[0]))
    return [Dropped(reason, events, round(100 * events / most, 1)) for reason, events in ordered]


def _awaits(snapshot: Snapshot) -> str:
    """Which figures come later; nothing where none do."""
    names = snapshot.summary.awaits_labels
    if not names:
        return ""
    return f"Model quality waits for labels: {', '.join(names)}. A page of its own follows as labels come."


def _errors(snapshot: Snapshot) -> list[str]:
    """Failures of metrics of the whole, those of one reason together."""
    metrics: dict[str, list[str]] = {}
    for entry in () if snapshot.report is None else snapshot.report.entries:
        if entry.error and entry.column is None:
            metrics.setdefault(entry.error, []).append(entry.metric)
    return [f"{', '.join(dict.fromkeys(names))}: {reason}" for reason, names in metrics.items()]


def _counts(snapshot: Snapshot) -> list[Figure]:
    """What is worth a look among rows and columns: nothing where all counts are zero."""
    found = [] if snapshot.report is None else [(snapshot.report.of(metric), name) for metric, name in _COUNTED]
    values = [(name, entry.current, entry.reference) for entry, name in found if entry and entry.current]
    return [
        Figure(name, number(ours["count"]), number(theirs["count"]) if theirs else NOTHING)
        for name, ours, theirs in values
        if ours["count"] or (theirs and theirs["count"])
    ]


_COUNTED: Final = (
    ("duplicated_rows", "rows equal to an earlier one"),
    ("empty_rows", "rows without any value"),
    ("duplicated_columns", "pairs of equal columns"),
    ("almost_duplicated_columns", "pairs of almost equal columns"),
    ("constant_columns", "columns that never vary"),
    ("almost_constant_columns", "columns that hardly vary"),
    ("empty_columns", "columns without any value"),
)
