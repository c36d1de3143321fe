import json

import pytest
from pydantic import ValidationError

from streams.core.reports.config import MetricChoice, ReportConfig
from streams.core.reports.metrics.table import PRESETS


def _names(config: ReportConfig, *, has_reference: bool) -> list[str]:
    return [choice.name for choice in config.choices(has_reference=has_reference)]


def test_by_default_a_report_has_the_summary_and_drift_where_there_is_a_reference() -> None:
    summary = list(PRESETS["data_summary"])
    assert _names(ReportConfig(), has_reference=False) == summary
    assert _names(ReportConfig(), has_reference=True) == [*summary, "value_drift", "dataset_drift"]


def test_presets_and_metrics_can_be_mixed_and_each_is_computed_once() -> None:
    config = ReportConfig.model_validate({"metrics": ["data_drift", {"name": "value_drift"}, "row_count"]})
    assert _names(config, has_reference=True) == ["value_drift", "dataset_drift", "row_count"]


def test_the_same_metric_with_other_parameters_is_another() -> None:
    psi = {"name": "value_drift", "parameters": {"method": "psi"}}
    config = ReportConfig.model_validate({"metrics": ["value_drift", psi]})
    assert len(config.choices(has_reference=True)) == 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"metrics": ["rows"]}, "unknown metric 'rows': choose one of row_count, column_count"),
        (
            {"metrics": [{"name": "quantiles", "parameters": {"probabilities": [1.5]}}]},
            "metric 'quantiles': parameter probabilities.0 = 1.5: Input should be less than or equal to 1",
        ),
        (
            {"metrics": [{"name": "row_count", "parameters": {"bins": 3}}]},
            "metric 'row_count': parameter bins = 3: Extra inputs are not permitted",
        ),
        (
            {"metrics": [{"name": "data_drift", "columns": ["x"]}]},
            "preset 'data_drift' takes neither columns nor parameters: list its metrics instead",
        ),
        ({"drift": {"method": "kss"}}, "unknown drift test 'kss': choose one of"),
        ({"columns": {"kinds": {"x": "number"}}}, "Input should be 'numeric', 'categorical'"),
        ({"metric": []}, "Extra inputs are not permitted"),
    ],
)
def test_errors_name_field_value_and_remedy(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        ReportConfig.model_validate(wrong)
    assert message in str(raised.value)


def test_equal_configurations_have_one_identity_however_they_are_written() -> None:
    written = {
        "metrics": [{"name": "quantiles", "parameters": {"probabilities": [0.05, 0.25, 0.5, 0.75, 0.95]}}],
        "drift": {"share": 0.5, "method": "jensenshannon"},
    }
    short = {"drift": {"method": "jensen_shannon"}, "metrics": ["quantiles"]}
    assert ReportConfig.model_validate(written).hash == ReportConfig.model_validate(short).hash


def test_the_order_of_names_in_a_mapping_does_not_show_in_the_identity() -> None:
    one = ReportConfig.model_validate({"drift": {"column_methods": {"a": "ks", "b": "psi"}}})
    other = ReportConfig.model_validate({"drift": {"column_methods": {"b": "psi", "a": "ks"}}})
    assert one.canonical_json() == other.canonical_json()


def test_another_threshold_is_another_identity() -> None:
    assert ReportConfig().hash != ReportConfig.model_validate({"drift": {"threshold": 0.2}}).hash


def test_a_configuration_survives_its_own_json() -> None:
    psi = {"name": "value_drift", "columns": ["x"], "parameters": {"method": "psi"}}
    config = ReportConfig.model_validate({"metrics": ["data_summary", psi], "columns": {"kinds": {"x": "numeric"}}})
    assert ReportConfig.model_validate_json(config.model_dump_json()) == config
    assert json.loads(config.canonical_json())["format"] == 3


def test_a_metric_choice_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        MetricChoice(name="row_count").name = "summary"  # type: ignore[misc]
