import re
from pathlib import Path
from typing import get_args

import pytest

from streams.core.collectors.alerts import AlertRule, Reason
from streams.core.collectors.collector import Collector
from streams.core.collectors.parse import parse_collectors

PAGE = (Path(__file__).parents[3] / "docs/collectors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_an_example_is_valid_as_it_is(example: str) -> None:
    assert len(parse_collectors(example, "example.yaml", {"EVIDENTLY_SECRET": "x"})) == 1


@pytest.mark.parametrize("trigger", re.findall(r"^\| `(\{type: .*\})` \|", PAGE, re.MULTILINE))
def test_a_trigger_of_the_table_is_valid_as_it_is(trigger: str) -> None:
    assert len(parse_collectors(f"collectors: [{{id: a, trigger: {trigger}}}]", "example.yaml")) == 1


def test_every_field_has_its_row() -> None:
    assert re.findall(r"^\| `(\w+)` \| ", PAGE.split("## Triggers")[0], re.MULTILINE) == list(Collector.model_fields)


def test_the_page_on_alerts_has_a_valid_example_and_every_field() -> None:
    page = (Path(__file__).parents[3] / "docs/alerts.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (collector,) = parse_collectors(example, "example.yaml", {"SLACK_URL": "https://slack", "HOOK_SECRET": "x"})
    assert [rule.name for rule in collector.alerts] == ["drifted", "silent"]
    rows = re.findall(r"^\| `(\w+)` \| ", page.split("## What")[0], re.MULTILINE)
    assert rows == [*AlertRule.model_fields, "on", *get_args(Reason)]


def test_the_page_on_evidentlys_engine_has_valid_examples() -> None:
    page = (Path(__file__).parents[3] / "docs/evidently-engine.md").read_text(encoding="utf-8")
    whole, model, definition = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (collector,) = parse_collectors(whole, "example.yaml")
    assert len(collector.report.evidently_config["metrics"]) == 2

    head, report = whole.split("    report:\n")
    (with_model,) = parse_collectors(head + model, "example.yaml")
    assert with_model.report.model.positive_label == "spam"
    (with_definition,) = parse_collectors(f"{head}    report:\n{report}{definition}", "example.yaml")
    assert (with_definition.report.data_definition or {})["id_column"] == "request_id"
