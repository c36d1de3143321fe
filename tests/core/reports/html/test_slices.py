from typing import Any

from streams.core.reports.config import ReportConfig
from streams.core.reports.html.slices import SlicedView, sliced_views
from streams.core.reports.report import compute_report
from tests.core.reports.columns import dataset, normal

ROWS = {
    "part": ["a"] * 60 + ["b"] * 40,
    "x": normal(100),
    "target": [1, 0] * 50,
    "prediction": [1, 0] * 30 + [0, 1] * 20,
}


def _view(choice: dict[str, Any], *, compared: bool = True, **config: Any) -> SlicedView:
    chosen = ReportConfig.model_validate({"slices": [choice], **config})
    report = compute_report(dataset(**ROWS), dataset(**ROWS) if compared else None, chosen)
    (view,) = sliced_views(report.slices)
    return view


def test_a_line_says_verdict_rows_drift_quality_and_tests() -> None:
    tests = [{"metric": "accuracy", "gt": 0.5}]
    view = _view({"by": "part"}, metrics=["data_drift", "accuracy"], tests=tests)
    assert (view.title, view.quality, view.others) == ("by part", "accuracy", "")
    lines = [
        (one.name, one.rows, one.compared, one.verdict, one.drifted, one.quality, one.tests) for one in view.slices
    ]
    assert lines == [
        ("a", "60", "60", "no drift", "0%", "1", "1 passed"),
        ("b", "40", "40", "no drift", "0%", "0", "1 failed"),
    ]


def test_what_is_in_no_slice_is_counted() -> None:
    assert _view({"by": "part", "most": 1}).others == "40 rows are in none of these, 1 more values among them."
    assert _view({"name": "b", "where": {"field": "part", "equals": "b"}}).others == "60 rows are in none of these."


def test_a_condition_is_called_by_its_name() -> None:
    view = _view({"name": "only b", "where": {"field": "part", "equals": "b"}}, compared=False)
    assert (view.title, view.slices[0].compared, view.slices[0].verdict) == ("only b", "–", "no reference")  # noqa: RUF001


def test_slices_that_there_are_none_of_say_why() -> None:
    assert _view({"by": "shop"}).error == "there is no column 'shop' to slice by"
