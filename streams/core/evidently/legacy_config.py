"""Evidently's report configurations of both generations as one of 0.7.

Items of 0.7 (`evidently:metric_v2:...`, `evidently:metric_container:...`) stay as they are; metrics and tests of 0.4 to
0.6 become the metric of 0.7 that shows the same, a test's condition a test of that metric.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Given = Mapping[str, Any]
Item = dict[str, Any]

_OF_TODAY = re.compile(r"^evidently:(metric_v2|metric_container):")
_DRIFT_OPTIONS = {
    "stattest": "method",
    "cat_stattest": "cat_method",
    "num_stattest": "num_method",
    "text_stattest": "text_method",
    "per_column_stattest": "per_column_method",
    "stattest_threshold": "threshold",
    "cat_stattest_threshold": "cat_threshold",
    "num_stattest_threshold": "num_threshold",
    "text_stattest_threshold": "text_threshold",
    "per_column_stattest_threshold": "per_column_threshold",
    "drift_share": "drift_share",
}
_CONDITIONS = {
    "eq": ("EqualMetricTest", "expected"),
    "not_eq": ("NotEqualMetricTest", "expected"),
    "gt": ("GreaterThanMetricTest", "threshold"),
    "gte": ("GreaterOrEqualMetricTest", "threshold"),
    "lt": ("LessThanMetricTest", "threshold"),
    "lte": ("LessOrEqualMetricTest", "threshold"),
    "is_in": ("IsInMetricTest", "values"),
    "not_in": ("NotInMetricTest", "values"),
}


_BESIDES: Mapping[str, type] = {"descriptors": list, "options": list, "metadata": dict, "tags": list}


def config_of_today(given: Given) -> Item:
    """A configuration of `evidently.cli.report.ReportConfig`, 0.7. ValueError names what has no counterpart there."""
    besides = _besides(given)
    groups = [(group, given.get(group) or []) for group in ("metrics", "tests")]
    wrong = next((group for group, listed in groups if not isinstance(listed, Sequence) or isinstance(listed, str)), "")
    if wrong:
        raise ValueError(f"evidently.{wrong} is not a list; write the items of an Evidently report configuration")
    items = [_item(item, f"evidently.{group}[{n}]") for group, listed in groups for n, item in enumerate(listed)]
    if not items:
        raise ValueError("evidently has no metrics; list some, as in an Evidently report configuration")
    once = [item for number, item in enumerate(items) if item not in items[:number]]
    return {"metrics": once, "include_tests": bool(given.get("include_tests", False)), **besides}


def _besides(given: Given) -> Item:
    known = ("metrics", "tests", "include_tests", *_BESIDES)
    for name, value in given.items():
        if name not in known:
            raise ValueError(
                f"evidently.{name} is nothing that Evidently 0.7 reads; leave it out, or use one of {known}"
            )
        wanted = _BESIDES.get(name)
        if wanted is not None and not _is_unset(value) and not isinstance(value, wanted):
            raise ValueError(
                f"evidently.{name} is no {wanted.__name__}; write one, as in a ReportConfig of Evidently 0.7"
            )
    return {name: given[name] for name in _BESIDES if not _is_unset(given.get(name))}


def _is_unset(value: Any) -> bool:
    """Whether it says nothing, as the options of a collector service's file do not."""
    return not value or (isinstance(value, Mapping) and all(each is None for each in value.values()))


def _item(item: Any, place: str) -> Item:
    given: Given = item if isinstance(item, Mapping) else {"type": item}
    kind = str(given.get("type"))
    if _OF_TODAY.match(kind):
        return dict(given)
    name = re.split(r"[:.]", kind)[-1]
    if name not in _ITEMS:
        known = ", ".join(_ITEMS)
        raise ValueError(f"{place} has the type {kind}, which Evidently 0.7 has no counterpart for; known are {known}")
    return _ITEMS[name](given)


def _metric(name: str, *, of_column: bool = False, options: bool = False, tests: str = "") -> Callable[[Given], Item]:
    """Map to a metric of 0.7; `tests` is its field that a test's condition goes into."""

    def mapped(given: Given) -> Item:
        item: Item = {"type": f"evidently:{name}"}
        if of_column:
            item["column"] = _column(given.get("column_name"))
        if options:
            item |= {new: _named(given[old]) for old, new in _DRIFT_OPTIONS.items() if given.get(old) is not None}
            item |= {"columns": [_column(one) for one in given["columns"]]} if given.get("columns") else {}
        if given.get("quantile") is not None:
            item["quantile"] = given["quantile"]
        found = list(_tests(given)) if tests else []
        return item | ({tests: found} if found else {})

    return mapped


def _tests(given: Given) -> Iterator[Item]:
    for name, (kind, field) in _CONDITIONS.items():
        bound = given.get(name)
        if bound is not None:
            yield {"type": f"evidently:test_v2:{kind}", field: _number(bound)}


def _number(bound: Any) -> Any:
    """A bound as it is, or the value of one with a tolerance (`approx`)."""
    return bound["value"] if isinstance(bound, Mapping) and "value" in bound else bound


def _column(name: Any) -> str:
    return str(name.get("name") if isinstance(name, Mapping) else name)


def _named(value: Any) -> Any:
    return {_column(name): one for name, one in value.items()} if isinstance(value, Mapping) else value


def _column_drift(given: Given) -> Item:
    drift = _metric("metric_v2:ValueDrift", of_column=True)(given)
    named = {"method": given.get("stattest"), "threshold": given.get("stattest_threshold")}
    return drift | {name: value for name, value in named.items() if value is not None}


_DRIFTED = "metric_v2:DriftedColumnsCount"
_ITEMS: Mapping[str, Callable[[Given], Item]] = {
    "DatasetDriftMetric": _metric(_DRIFTED, options=True),
    "DataDriftTable": _metric("metric_container:DataDriftPreset", options=True),
    "DatasetSummaryMetric": _metric("metric_container:DatasetStats"),
    "DatasetMissingValuesMetric": _metric("metric_v2:DatasetMissingValueCount"),
    "ColumnDriftMetric": _column_drift,
    "ColumnSummaryMetric": _metric("metric_container:ValueStats", of_column=True),
    "ColumnDistributionMetric": _metric("metric_container:ValueStats", of_column=True),
    "ColumnMissingValuesMetric": _metric("metric_v2:MissingValueCount", of_column=True),
    "ColumnQuantileMetric": _metric("metric_v2:QuantileValue", of_column=True),
    "TestShareOfDriftedColumns": _metric(_DRIFTED, options=True, tests="share_tests"),
    "TestNumberOfDriftedColumns": _metric(_DRIFTED, options=True, tests="tests"),
    "TestColumnDrift": _column_drift,
    "TestNumberOfRows": _metric("metric_v2:RowCount", tests="tests"),
    "TestNumberOfMissingValues": _metric("metric_v2:DatasetMissingValueCount", tests="tests"),
    "TestShareOfMissingValues": _metric("metric_v2:DatasetMissingValueCount", tests="share_tests"),
    "TestColumnShareOfMissingValues": _metric("metric_v2:MissingValueCount", of_column=True, tests="share_tests"),
    "TestColumnQuantile": _metric("metric_v2:QuantileValue", of_column=True, tests="tests"),
}
