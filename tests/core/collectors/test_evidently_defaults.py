"""Tests of a collector file that have no bound end as they do in Evidently 0.6.7, on data captured from it."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.core.collectors.evidently_items import ITEMS
from streams.core.collectors.evidently_report import mapped_report
from streams.core.collectors.parse import parse_collectors
from streams.core.collectors.problems import CollectorsInvalidError
from streams.core.reports.dataset import Dataset
from streams.core.reports.report import compute_report
from tests.core.reports.columns import dataset

DATA = Path(__file__).parents[2] / "data/evidently"
CAPTURED = json.loads((DATA / "legacy-test-defaults.json").read_text(encoding="utf-8"))
STATUS = {"SUCCESS": "pass", "FAIL": "fail", "ERROR": "error"}


def _dataset(name: str) -> Dataset:
    columns = CAPTURED["frames"][name]
    return dataset(
        **{key: [float("inf") if one == "Infinity" else one for one in values] for key, values in columns.items()}
    )


@pytest.mark.parametrize(
    "case", CAPTURED["outcomes"], ids=lambda one: f"{one['type']}-{one['current']}-{one['reference']}"
)
def test_a_test_without_a_bound_ends_as_in_evidently_or_warns(case: dict[str, Any]) -> None:
    config, notes = mapped_report({"tests": [case]}, has_reference=case["reference"] is not None)
    if not config.tests:
        assert [f"{case['type']} is computed, its default bound" in words for _, words in notes] == [True]
        return
    reference = _dataset(case["reference"]) if case["reference"] else None
    outcomes = compute_report(_dataset(case["current"]), reference, config).tests
    assert [one.status.value for one in outcomes] == [STATUS[case["status"]]], outcomes


@pytest.mark.parametrize("word", ["-Infinity", "Infinity", "NaN"])
def test_a_file_with_numbers_that_json_has_not_is_read(word: str) -> None:
    text = (DATA / "collector-service-config.json").read_text(encoding="utf-8")
    missing = f'{{"type": "evidently:metric:DatasetMissingValuesMetric", "missing_values": [{word}]}}'
    given = text.replace('"metrics": [', f'"metrics": [{missing}, ', 1)
    assert given != text
    assert len(list(parse_collectors(given, "collector_config.json"))) == 3
    with pytest.raises(CollectorsInvalidError, match="is not a number of JSON"):
        parse_collectors(f'{{"collectors": [{word}]}}', "ours.json")


@pytest.mark.parametrize("kind", ["metric", "metric_preset", "metric_container"])
@pytest.mark.parametrize("name", ["RegressionPreset", "ClassificationPreset", "DataDriftPreset"])
def test_presets_become_our_metrics(name: str, kind: str) -> None:
    config, notes = mapped_report({"metrics": [{"type": f"evidently:{kind}:{name}"}]})
    assert (config.metrics is not None, notes) == (True, ())


@pytest.mark.parametrize("name", sorted(ITEMS))
def test_everything_that_is_mapped_is_a_valid_report(name: str) -> None:
    item = {"type": f"evidently:metric:{name}", "column": "a"}
    item |= {"column_name": "a"} if name.startswith(("TestColumn", "Column")) else {}
    item |= {"quantile": 0.5} if "Quantile" in name else {}
    config, _ = mapped_report({"metrics": [item]}, has_reference=True)
    assert config.metrics is not None, name
