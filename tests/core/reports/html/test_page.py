import json
import re

import msgspec
import pyarrow as pa
import pytest

from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset
from streams.core.reports.html.page import snapshot_page
from streams.core.reports.mixed import mixed_column
from streams.core.reports.report import compute_report
from streams.core.reports.results import Report
from streams.core.snapshots import BatchFacts, ReferenceUsed, Snapshot, SourceRange, failed_snapshot, report_snapshot
from tests.core.reports.columns import dataset, normal
from tests.core.reports.html.pages import parse
from tests.core.test_snapshots import make_quality

EVIL = "</style><script>alert(1)</script><img src=x onerror=alert(1)>"
FACTS = BatchFacts(
    collector_id="fraud",
    batch_id="b" * 32,
    start_ms=1_795_255_200_000,
    end_ms=1_795_258_800_000,
    rows=300,
    late_rows=4,
    dropped={"caller": 20, "random_sample#1": 40},
    source_ranges=(SourceRange(topic="predictions", partition=3, first=1000, last=2999),),
)
REFERENCE = ReferenceUsed(name="training.parquet", hash="d" * 64)


def _report(moved: float = 9.0) -> Report:
    reference = dataset(amount=normal(300), age=normal(300, seed=2), country=["de", "fr", "us"] * 100, gone=[1] * 300)
    batch = dataset(amount=normal(300, moved, 1), age=normal(300, 0.4, 3), country=["de", "fr", "us"] * 100)
    return compute_report(batch, reference, ReportConfig())


def _page(moved: float = 9.0, **changes: object) -> str:
    snapshot = report_snapshot(FACTS, _report(moved), REFERENCE)
    return snapshot_page(msgspec.structs.replace(snapshot, **changes))


def test_the_verdict_comes_first_and_then_columns_by_drift() -> None:
    text = parse(_page()).text
    places = [text.index(words) for words in ("Drift detected", "Drifted", "amount", "age", "Stable", "country")]
    assert places == sorted(places)
    compared = "2 of 3 compared columns drifted (67%); the batch counts as drifted from 50% on."
    assert f"{compared} 1 of the reference could not be compared: gone." in text


def test_a_batch_below_the_threshold_with_drifted_columns_does_not_say_no_drift() -> None:
    text = parse(_page(moved=0.0)).text
    assert "Some columns drifted" in text
    assert "No drift" not in text


def test_columns_that_could_not_be_compared_come_first_where_nothing_else_drifted() -> None:
    reference = dataset(amount=normal(300), age=normal(300), gone=[1] * 300)
    report = compute_report(dataset(amount=normal(300), age=normal(300)), reference, ReportConfig())
    text = parse(snapshot_page(report_snapshot(FACTS, report, REFERENCE))).text
    assert "Some columns not compared" in text
    assert any(words.endswith("1 of the reference could not be compared: gone.") for words in text)


def test_of_many_columns_the_most_drifted_are_drawn_and_all_others_are_listed() -> None:
    names = [f"feature {number}" for number in range(450)]
    sides = [dataset(**dict.fromkeys(names, normal(30)), moved=normal(30, mean)) for mean in (9.0, 0.0)]
    parsed = parse(snapshot_page(report_snapshot(FACTS, compute_report(*sides, ReportConfig()), REFERENCE)))

    assert sum(tag == "article" for tag, _ in parsed.tags) == 200
    assert parsed.text.index("moved") < parsed.text.index("251 more columns without a picture")
    assert {"moved", *names} <= set(parsed.text)


def test_texts_that_were_cut_are_said_to_be() -> None:
    batch = dataset(country=["x" * 3_000, "y" * 3_000] * 20)
    snapshot = report_snapshot(FACTS, compute_report(batch, batch, ReportConfig()), REFERENCE)
    text = " ".join(parse(snapshot_page(snapshot)).text)
    assert "2 long texts were cut: each says how long it was." in text
    assert "3,000 characters" in text
    assert "texts were cut" not in _page()


def test_unreadable_values_are_counted_and_shown_beside_their_column() -> None:
    texts = pa.chunked_array([[json.dumps(value) for value in [*normal(20), "N/A", "N/A", True]]])
    mixed = Dataset(pa.table({"y": range(23)}), mixed={"amount": mixed_column("amount", texts)})
    text = parse(snapshot_page(report_snapshot(FACTS, compute_report(mixed, None, ReportConfig()), None))).text
    assert 'unreadable values in the batch: 3, such as "N/A", true' in text


def test_both_distributions_are_drawn_over_each_other() -> None:
    charts = [attributes for tag, attributes in parse(_page()).tags if tag == "path" and attributes["class"] != "axis"]
    assert [attributes["class"] for attributes in charts] == ["ref-area", "batch-area"] * 2
    assert all(re.fullmatch(r"M0 96([VH][\d.]+)+Z", str(attributes["d"])) for attributes in charts)


def test_what_was_dropped_why_and_where_the_rows_came_from_is_shown() -> None:
    text = parse(_page()).text
    counted = {"random_sample#1", "40", "caller", "20"}
    ranges = {"predictions", "1,000", "2,999"}
    assert counted | ranges | {"training.parquet", "gone", "not in the batch"} <= set(text)


def test_a_failed_report_shows_its_reason_and_the_counts() -> None:
    text = parse(snapshot_page(failed_snapshot(FACTS, "e" * 64, None, "reference not found"))).text
    assert {"Report failed", "reference not found", "random_sample#1"} <= set(text)


def test_a_column_that_failed_shows_its_reason_once() -> None:
    report = compute_report(dataset(amount=["x"] * 50), dataset(amount=normal(50)), ReportConfig())
    text = parse(snapshot_page(report_snapshot(FACTS, report, REFERENCE))).text
    assert [words for words in text if words.startswith("summary, ")] == [
        "summary, quantiles, histogram, value_drift: column 'amount' is string, not numbers: choose another kind for it"
    ]
    assert "Could not be compared" in text


def test_without_a_reference_nothing_is_compared() -> None:
    report = compute_report(dataset(amount=normal(50), ok=[True, False] * 25), None, ReportConfig())
    text = parse(snapshot_page(report_snapshot(FACTS, report, None))).text
    assert "No reference" in text
    assert "Columns" in text
    assert "not compared" not in text


def test_whatever_comes_from_data_is_escaped() -> None:
    batch = dataset(**{EVIL: [EVIL, "a"] * 20, "plain": ["b"] * 40})
    report = compute_report(batch, batch, ReportConfig())
    facts = msgspec.structs.replace(FACTS, collector_id=EVIL, dropped={EVIL: 3})
    page = snapshot_page(report_snapshot(facts, report, ReferenceUsed(name=EVIL, hash=EVIL)), index_href='"><script>')
    parsed = parse(page)
    assert not parsed.names() & {"script", "img"}
    assert parsed.text.count(EVIL) >= 4
    assert parsed.links == ['"><script>']


@pytest.mark.parametrize("page", [_page(), snapshot_page(failed_snapshot(FACTS, "e" * 64, None, "none"))])
def test_a_page_needs_no_network_and_no_script(page: str) -> None:
    parsed = parse(page)
    assert not parsed.names() & {"script", "link", "img", "iframe", "object", "use", "image"}
    assert "url(" not in page
    assert "@import" not in page
    policy = next(attributes for tag, attributes in parsed.tags if "http-equiv" in attributes)
    assert str(policy["content"]).startswith("default-src 'none'")


def test_the_same_snapshot_gives_the_same_page() -> None:
    snapshot = report_snapshot(FACTS, _report(), REFERENCE)
    again = Snapshot.from_json_bytes(snapshot.to_json_bytes())
    assert snapshot_page(snapshot) == snapshot_page(again)


def test_a_page_leads_back_to_its_index_where_there_is_one() -> None:
    snapshot = report_snapshot(FACTS, _report(), REFERENCE)
    assert parse(snapshot_page(snapshot, "../index.html")).links == ["../index.html"]
    assert parse(snapshot_page(snapshot)).links == []


def _model_page() -> str:
    rows = {"target": [1, 0] * 100, "probability": [0.9, 0.2] * 99 + [0.4, 0.6], "metadata.region": [EVIL, "eu"] * 100}
    config = ReportConfig.model_validate(
        {
            "metrics": ["data_summary", "classification", "certainty"],
            "tests": [{"metric": "accuracy", "gt": 0.995}, {"metric": "mae", "field": "std", "lt": 3}],
            "default_tests": True,
            "slices": [{"by": "metadata.region"}, {"by": "gone"}],
        }
    )
    report = compute_report(dataset(**rows), dataset(**rows), config)
    return snapshot_page(report_snapshot(FACTS, report, REFERENCE))


def test_tests_come_before_the_models_quality_slices_and_columns() -> None:
    text = parse(_model_page()).text
    places = [text.index(words) for words in ("Tests", "Model quality", "Slices", "Where the rows came from")]
    assert places == sorted(places)
    assert {"above 0.995", "accuracy", "0.99", "true positive rate", "by metadata.region"} <= set(text)
    assert "there is no column 'gone' to slice by" in text


def test_a_page_with_everything_is_escaped_and_needs_no_script() -> None:
    parsed = parse(_model_page())
    assert not parsed.names() & {"script", "img", "link", "iframe"}
    assert EVIL in parsed.text


def test_failures_of_one_reason_are_one_note() -> None:
    report = compute_report(dataset(x=normal(9)), None, ReportConfig.model_validate({"metrics": ["regression"]}))
    text = parse(snapshot_page(report_snapshot(FACTS, report, None))).text
    reason = "there is no column 'target': name the one of the target in the report's model"
    assert text.count(f"mean_error, mae, mape, rmse, r2, max_error: {reason}") == 1


def test_a_page_about_model_quality_says_on_which_rows_it_rests() -> None:
    page = parse(snapshot_page(make_quality(60)))
    text = page.text

    assert text.index("Model quality") < text.index("labelled")
    assert "50 rows (50%) have a label by now." in text
    assert "50 rows, 3 of them late" in text
    assert {"60", "10", "accuracy"} <= set(text)
    assert "columns drifted" not in text


def test_a_page_about_model_quality_leads_with_failed_tests() -> None:
    batch = dataset(prediction=["a", "b"] * 25, target=["a", "a"] * 25)
    config = ReportConfig.model_validate({"metrics": ["accuracy"], "tests": [{"metric": "accuracy", "gte": 0.9}]})
    snapshot = msgspec.structs.replace(make_quality(), report=compute_report(batch, None, config))

    assert "Model quality too low" in parse(snapshot_page(snapshot)).text


def test_a_page_says_what_waits_for_labels_and_shows_no_errors_of_it() -> None:
    config = ReportConfig.model_validate({"metrics": ["classification"]})
    report = compute_report(dataset(prediction=["a", "b"] * 50), None, config)
    text = " ".join(parse(snapshot_page(report_snapshot(FACTS, report, None))).text)
    assert "Model quality waits for labels: accuracy, precision," in text
    assert "there is no column" not in text
