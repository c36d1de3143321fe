"""Pages in a real browser: on a desktop and on a phone, by day and by night."""

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.html.index import index_page
from streams.core.reports.html.page import snapshot_page
from streams.core.reports.report import compute_report
from streams.core.snapshots import Snapshot, failed_snapshot, report_snapshot
from tests.browser.browsers import browser, look_at
from tests.core.reports.columns import dataset, normal
from tests.core.test_snapshots import FACTS, REFERENCE, make_snapshot

PHONE, DESKTOP = 390, 1280

pytestmark = pytest.mark.skipif(browser() is None, reason="no Chromium or Chrome on PATH")


def everything() -> Snapshot:
    """Drift, tests of each outcome, slices, texts without a space, every sort of column."""
    words = [f"{number}-{'long' * 12}" for number in range(300)]
    countries = ["de", "fr", "it"] * 100
    sides = [
        dataset(
            amount=normal(300, mean, seed), country=countries, word=words, **{"metadata." + "deep." * 12: countries}
        )
        for mean, seed in ((3, 1), (0, 0))
    ]
    tests = [{"metric": "row_count", "gte": 1_000}, {"metric": "row_count", "gte": 1}, {"metric": "rmse", "lt": 1}]
    asked = {"tests": tests, "default_tests": True, "slices": [{"by": "country"}]}
    facts = msgspec.structs.replace(FACTS, dropped={"source": 70_000, "maximum_probability_below": 12})
    return report_snapshot(facts, compute_report(*sides, ReportConfig.model_validate(asked)), REFERENCE)


@cache
def pages() -> dict[str, str]:
    listed = [(make_snapshot(mean), f"{mean}.html") for mean in (0, 9)]
    failed = failed_snapshot(FACTS, "f" * 64, None, "reference.parquet: " + "no such file " * 12)
    return {
        "drifted": snapshot_page(everything(), "index.html"),
        "failed": snapshot_page(failed),
        "index": index_page([*listed, (failed, "failed.html")]),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_reaches_beyond_the_edge_and_every_text_can_be_read(
    scheme: Literal["light", "dark"], tmp_path: Path
) -> None:
    names = [f"{name} at {width}" for name in pages() for width in (PHONE, DESKTOP)]
    looks = dict(zip(names, look_at([*pages().values()], tmp_path, scheme, (PHONE, DESKTOP)), strict=True))

    assert {(each.scheme, each.width) for each in looks.values()} == {(scheme, PHONE), (scheme, DESKTOP)}
    assert {name: each.overflow for name, each in looks.items() if each.overflow} == {}
    assert {name: each.pale for name, each in looks.items() if each.pale} == {}
    assert all(each.texts > 10 for each in looks.values())
