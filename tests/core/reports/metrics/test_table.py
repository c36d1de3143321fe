from pathlib import Path

import streams.core.reports.metrics as package
from streams.core.reports.metrics.table import METRICS, PRESETS

NO_METRICS = {"__init__", "declaration", "table"}


def test_every_file_of_a_metric_is_in_the_table() -> None:
    files = {file.stem for file in Path(next(iter(package.__path__))).rglob("*.py")} - NO_METRICS
    assert files == set(METRICS)


def test_every_metric_has_a_test_file() -> None:
    assert {f"test_{name}.py" for name in METRICS} <= {file.name for file in Path(__file__).parent.rglob("test_*.py")}


def test_every_metric_says_what_it_means_and_works_with_its_default_parameters() -> None:
    for metric in METRICS.values():
        assert metric.semantics.endswith(".")
        assert metric.parameters()


def test_presets_name_metrics_and_no_preset_is_called_like_one() -> None:
    assert all(name in METRICS for names in PRESETS.values() for name in names)
    assert not set(PRESETS) & set(METRICS)
