"""An Evidently report configuration (metrics and tests of 0.4 to 0.6) as a report of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from streams.core.collectors.evidently_items import ITEMS, Given, Map, MappingState, column_of, name_of
from streams.core.collectors.evidently_tests import TEST_PRESETS, TESTED, Tested
from streams.core.collectors.problems import Path
from streams.core.reports.config import ReportConfig

Notes = tuple[tuple[Path, str], ...]
_CONDITIONS = {
    "eq": "eq",
    "gt": "gt",
    "gte": "gte",
    "lt": "lt",
    "lte": "lte",
    "is_in": "in",
    "not_in": "not_in",
    "approx": None,
    "not_eq": None,
}
"""Evidently's conditions and ours."""


def mapped_report(config: Given, *, has_reference: bool = False) -> tuple[ReportConfig, Notes]:
    """Return the report that computes what the configuration asks for, and notes (path, words) on what it does not
    compute. A test without a bound has Evidently's own, which depends on whether there is a reference.

    Columns are called as users call them: a report sees a batch's features under their own names. A configuration of
    which nothing is known becomes the default report.
    """
    state = MappingState(has_reference=has_reference)
    for group in ("metrics", "tests"):
        listed = config.get(group) or []
        for number, item in enumerate(listed if isinstance(listed, list) else []):
            _map_item(item, (group, number), state)
    metrics = [one for number, one in enumerate(state.metrics) if one not in state.metrics[:number]]
    tests = [one for number, one in enumerate(state.tests) if one not in state.tests[:number]]
    content = {"drift": state.drift, "metrics": metrics or None, "tests": tests}
    try:
        return ReportConfig.model_validate(content), tuple(state.notes)
    except ValidationError as error:
        words = "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors(include_input=False))
        return ReportConfig(), (*state.notes, ((), f"cannot be computed, so the default report is: {words}"))


def _map_item(item: Any, path: Path, state: MappingState) -> None:
    given: Given = item if isinstance(item, Mapping) else {"type": item}
    name = name_of(given)
    mapping = _preset(name) if name in TEST_PRESETS else ITEMS.get(name)
    if mapping is None:
        state.note(path, f"{name} has no counterpart and is not computed")
        return
    mapping(given, path, state)
    if name not in TEST_PRESETS:
        _add_tests(name, given, path, state)
    if given.get("columns") is not None and name == "DatasetDriftMetric":
        state.note((*path, "columns"), "the share of drifted columns is that of all columns")


def _add_tests(name: str, given: Given, path: Path, state: MappingState) -> None:
    """Map each condition to a test of the metric's field; a test of drift without one is its decision."""
    columns = {"columns": [column_of(given["column_name"])]} if given.get("column_name") is not None else {}
    if name == "TestColumnDrift":
        parameters = {key: value for key, value in state.metrics[-1].get("parameters", {}).items() if value is not None}
        chosen = {"parameters": parameters} if parameters else {}
        state.tests.append({"metric": "value_drift", "field": "drifted", "eq": False, **columns, **chosen})
    left = []
    for key in [key for key in _CONDITIONS if given.get(key) is not None]:
        bound, ours = given[key], _CONDITIONS[key]
        if ours is None or isinstance(bound, Mapping) or name not in TESTED:
            left.append(key)
            continue
        state.tests.append(_test(TESTED[name], given, {ours: bound}) | columns)
    if left:
        state.note(path, f"{name} is computed, its condition {', '.join(left)} is not tested")
    if _of_0_7(given) and any(given.get(key) for key in ("tests", "share_tests", "mean_tests")):
        state.note((*path, "tests"), f"{name} is computed, its tests are not held against it")
    if name in TESTED and not any(given.get(key) is not None for key in _CONDITIONS):
        _add_default(name, given, columns, path, state)


def _add_default(name: str, given: Given, columns: Given, path: Path, state: MappingState) -> None:
    """The bound that Evidently gives a test that has none."""
    tested = TESTED[name]
    bound = tested.compared if state.has_reference else tested.alone
    if bound is None:
        beside = "beside a reference" if state.has_reference else "without a reference"
        state.note(path, f"{name} is computed, its default bound {beside} has no counterpart: give it a bound")
        return
    other = tested.of_default is not None and state.has_reference
    test = _test(tested, given, bound) | dict(columns)
    state.tests.append(test | ({"field": tested.of_default} if other else {}))


def _test(tested: Tested, given: Given, bound: Given) -> dict[str, Any]:
    where, parameters = tested.field, dict(tested.parameters)
    if not where:
        where, parameters = repr(float(given.get("quantile", 0.5))), {"probabilities": [given.get("quantile", 0.5)]}
    chosen = {"parameters": parameters} if parameters else {}
    return {"metric": tested.metric, "field": where, **bound, **chosen}


def _of_0_7(given: Given) -> bool:
    return str(given.get("type")).startswith(("evidently:metric_v2:", "evidently:metric_container:"))


def _preset(name: str) -> Map:
    """Map to the tests that a preset stands for."""
    tests, others = TEST_PRESETS[name]

    def add(given: Given, path: Path, state: MappingState) -> None:
        of_drift = {"lt": given.get("drift_share")} if given.get("drift_share") is not None else {}
        for one in tests:
            drift = one in ("TestShareOfDriftedColumns", "TestAllFeaturesValueDrift")
            item = {key: value for key, value in given.items() if drift and key != "drift_share"}
            _map_item(item | {"type": one} | (of_drift if one == "TestShareOfDriftedColumns" else {}), path, state)
        if others:
            state.note(path, f"{name} is tested without {', '.join(others)}, which have no counterpart")

    return add
