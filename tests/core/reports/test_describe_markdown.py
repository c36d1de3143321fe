import re
from pathlib import Path

import yaml

from streams.core.reports.config import ReportConfig
from streams.core.reports.describe_markdown import page
from streams.core.reports.drift.table import DRIFT_TESTS
from streams.core.reports.metrics.table import METRICS, PRESETS

WRITTEN = Path(__file__).parents[3] / "docs" / "reports.md"


def test_the_page_is_what_the_declarations_say() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == page(), "run scripts/generate_docs.py"


def test_every_metric_preset_and_drift_test_is_on_the_page() -> None:
    assert all(f"`{name}`" in page() for name in [*METRICS, *PRESETS, *DRIFT_TESTS])


def test_the_example_is_valid() -> None:
    example = re.search(r"```yaml\n(.+?)```", page(), re.DOTALL)
    assert example is not None
    config = ReportConfig.model_validate(yaml.safe_load(example[1])["report"])
    assert [choice.name for choice in config.choices(has_reference=True)] == [
        "value_drift",
        "dataset_drift",
        "quantiles",
        *("row_count", "accuracy", "missing_values", "quality_by_label"),
    ]
