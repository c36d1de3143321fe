"""Damaged collector files and settings: a file is read, or refused with every problem named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.core.collectors.parse import parse_collectors
from streams.core.collectors.problems import CollectorsInvalidError, Problem
from streams.core.operators.describe import describe
from tests.core.events.fuzzed import INPUTS, damaged

EVIDENTLY = Path(__file__).parents[2] / "data/evidently"
YAML = """\
collectors:
  - id: unsure
    description: &a what nobody is sure of
    source: {model_id: animals, user_id: *a}
    operators:
      - {type: random_sample, keep_fraction: 0.1}
      - type: metadata_filter
        where: {all: [{field: region, equals: eu}, {not: {field: tier, exists: true}}]}
    trigger: {type: interval, interval: 10m}
    allowed_lateness: 1m
    reference: s3://bucket/reference.parquet
    report: {metrics: [row_count, {name: value_drift, columns: [age]}]}
  - {id: cron, trigger: {type: cron, expression: 0 6 * * mon, timezone: Europe/Berlin}}
"""
OPERATORS = json.dumps(
    {
        "collectors": [
            {"id": "a", "trigger": {"type": "rows", "rows": 5}, "operators": [dict(one.example) for one in describe()]}
        ]
    }
)
EXTRA = [
    b"&a ",
    b"*a",
    b"<<: *a",
    b"!!python/object/apply:os.system [ls]",
    b"${HOME}",
    b"${NOBODY}",
    b"\t",
    b"- ",
    b"|\n",
]
SAMPLES = [
    YAML.encode(),
    OPERATORS.encode(),
    *EXTRA,
    *(path.read_bytes() for path in sorted(EVIDENTLY.glob("collector*.json"))),
]


def problems(raw: bytes) -> tuple[Problem, ...] | None:
    """What is wrong with a file; None where it is read."""
    try:
        parse_collectors(raw.decode(errors="replace"), "c.yaml", {"HOME": "/h"})
    except CollectorsInvalidError as refused:
        return refused.problems
    return None


@pytest.mark.timeout(0)  # grows with the number of inputs
def test_a_damaged_collector_file_is_read_or_refused_with_problems_that_have_a_place() -> None:
    for raw in damaged(SAMPLES, INPUTS // 100, "collectors"):
        found = problems(raw)
        assert found != ()
        assert all(one.message and str(one).startswith("c.yaml") for one in found or ())
