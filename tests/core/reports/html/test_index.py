import msgspec

from streams.core.reports.config import ReportConfig
from streams.core.reports.html.index import LISTED, index_page
from streams.core.reports.html.timeline import SHOWN_COLUMNS, SHOWN_WINDOWS
from streams.core.reports.report import compute_report, report_without_rows
from streams.core.snapshots import BatchFacts, ReferenceUsed, Snapshot, failed_snapshot, report_snapshot
from tests.core.reports.columns import dataset, normal
from tests.core.reports.html.pages import parse
from tests.core.reports.html.test_page import EVIL

HOUR_MS = 3_600_000
REFERENCE = ReferenceUsed(name="training.parquet", hash="d" * 64)
COMPARED = dataset(x=normal(50), y=normal(50))
REPORTS = [
    compute_report(dataset(x=normal(50, mean, 1), y=normal(50, 0, 2)), COMPARED, ReportConfig()) for mean in (0, 9)
]


def _facts(hour: int, collector: str) -> BatchFacts:
    start = 1_795_255_200_000 + hour * HOUR_MS
    identity = f"{collector}-{hour}"
    return BatchFacts(collector_id=collector, batch_id=identity, start_ms=start, end_ms=start + HOUR_MS, rows=50)


def _snapshot(hour: int, *, drifted: bool = False, collector: str = "fraud") -> tuple[Snapshot, str]:
    snapshot = report_snapshot(_facts(hour, collector), REPORTS[drifted], REFERENCE)
    return snapshot, f"{collector}/{hour}.html"


def test_each_collector_shows_its_latest_verdict_and_links_to_every_page() -> None:
    page = parse(index_page([_snapshot(1, drifted=True), _snapshot(0), _snapshot(0, collector="churn")]))
    headings = [words for words in page.text if words in {"churn", "fraud", "✓ No drift", "▲ Drift detected"}]
    assert headings[:2] == ["churn", "✓ No drift"]
    assert headings[headings.index("fraud") + 1] == "▲ Drift detected"
    assert set(page.links) == {"fraud/0.html", "fraud/1.html", "churn/0.html"}


def test_the_order_in_which_snapshots_are_given_does_not_show() -> None:
    items = [_snapshot(hour, drifted=hour > 3) for hour in range(6)]
    assert index_page(items) == index_page(reversed(items))


def test_columns_are_strips_the_most_drifted_first_with_a_cell_per_window() -> None:
    page = parse(index_page([_snapshot(hour, drifted=hour > 3) for hour in range(6)]))
    assert page.text.index("x") < page.text.index("y")
    classes = [attributes.get("class") for tag, attributes in page.tags if tag == "rect"]
    assert classes.count("heat-4") == 2 + 1  # two drifted windows, one key


def test_a_failed_snapshot_is_a_gap_in_the_strips_and_says_why() -> None:
    failed = failed_snapshot(_facts(1, "fraud"), "e" * 64, None, "reference not found")
    page = parse(index_page([_snapshot(0), (failed, "fraud/1.html")]))
    assert any("reference not found" in words for words in page.text)
    assert [attributes.get("class") for _, attributes in page.tags].count("heat-x") == 2


def test_what_is_left_out_for_length_is_said() -> None:
    wide = dataset(**{f"x{n}": normal(30, 0, n) for n in range(SHOWN_COLUMNS + 5)})
    report = compute_report(wide, wide, ReportConfig(metrics=None))
    items = [
        (report_snapshot(_facts(hour, "fraud"), report, REFERENCE), f"{hour}.html") for hour in range(SHOWN_WINDOWS + 3)
    ]
    text = " ".join(parse(index_page(items)).text)
    assert f"the latest {SHOWN_WINDOWS} of {SHOWN_WINDOWS + 3} windows" in text
    assert f"the {SHOWN_COLUMNS} most drifted columns; 5 more are on the pages" in text
    many = [_snapshot(hour) for hour in range(LISTED + 1)]
    assert f"{LISTED} latest snapshots" in parse(index_page(many)).text


def test_names_are_escaped_and_no_snapshots_are_no_error() -> None:
    snapshot = msgspec.structs.replace(_snapshot(0)[0], collector_id=EVIL)
    page = parse(index_page([(snapshot, EVIL)], title=EVIL))
    assert not page.names() & {"script", "img"}
    assert "No snapshots yet" in parse(index_page([])).text


def test_windows_cut_by_rows_are_named_by_their_number() -> None:
    facts = BatchFacts(collector_id="fraud", batch_id="b", sequence=12, rows=5)
    page = parse(index_page([(report_snapshot(facts, REPORTS[0], REFERENCE), "12.html")]))
    assert "window 12" in page.text


def test_what_gives_no_answer_is_listed_with_its_reason() -> None:
    late = report_snapshot(_facts(0, "fraud"), report_without_rows(ReportConfig(), None, 187), None)
    failed = failed_snapshot(_facts(1, "fraud"), "a" * 64, None, "the reference is gone")
    text = " ".join(parse(index_page([(late, "0.html"), (failed, "1.html")])).text)
    assert "all 187 rows of the window came late" in text
    assert text.count("the reference is gone") == 3  # beside the collector's name, over its bar and in its list
