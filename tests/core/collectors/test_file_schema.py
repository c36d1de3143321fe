import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from streams.core.collectors.file_schema import json_schema
from streams.core.operators.describe import describe

SCHEMA = Path(__file__).parents[3] / "schemas/collectors.schema.json"
TRIGGERS = (
    {"type": "interval", "interval": "10m"},
    {"type": "interval", "interval": 600},
    {"type": "rows", "rows": 500},
    {"type": "rows_or_interval", "rows": 500, "interval": "1h"},
    {"type": "cron", "expression": "0 6 * * mon", "timezone": "Europe/Berlin"},
)


def file(**parts: object) -> dict[str, Any]:
    return {"collectors": [{"id": "one", "trigger": TRIGGERS[0], **parts}]}


def is_valid(given: dict[str, Any]) -> bool:
    return bool(jsonschema.Draft202012Validator(json_schema()).is_valid(given))


def test_the_schema_in_the_checkout_is_what_the_models_say() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema(), "run scripts/generate_docs.py"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_an_editor_accepts_every_operators_example() -> None:
    assert is_valid(file(operators=[dict(one.example) for one in describe()]))


@pytest.mark.parametrize("trigger", TRIGGERS, ids=str)
def test_an_editor_accepts_every_trigger(trigger: dict[str, object]) -> None:
    assert is_valid(file(trigger=trigger))


def test_an_editor_accepts_metrics_by_name_and_with_parameters() -> None:
    metrics = ["row_count", {"name": "value_drift", "columns": ["age"], "parameters": {"method": "psi"}}]
    assert is_valid(file(report={"metrics": metrics}))


@pytest.mark.parametrize(
    "parts",
    [
        {"operators": [{"type": "random_sample", "keep_fraction": 2}]},
        {"operators": [{"type": "random_sampel", "keep_fraction": 0.5}]},
        {"trigger": {"type": "rows", "rows": 0}},
        {"sorce": {}},
        {"id": "a/b"},
    ],
    ids=str,
)
def test_an_editor_marks_what_the_program_would_refuse(parts: dict[str, object]) -> None:
    assert not is_valid(file(**parts))
