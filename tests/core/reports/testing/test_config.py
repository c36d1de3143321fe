from typing import Any

import pytest
from pydantic import ValidationError

from streams.core.reports.config import ReportConfig
from streams.core.reports.testing.config import ReportTest


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"metric": "acuracy", "gt": 1}, "unknown metric 'acuracy': test one of row_count"),
        ({"metric": "accuracy"}, "a test of 'accuracy' has one condition: give one of eq, gt"),
        ({"metric": "accuracy", "gt": 1, "lt": 2}, "a test of 'accuracy' has one condition: give one of eq, gt"),
        ({"metric": "summary", "gt": 1}, "metric 'summary' has several values: name the field to test"),
        ({"metric": "accuracy", "gt": 1, "tolerance": 0.1}, "tolerance 0.1 is that of the reference"),
        ({"metric": "accuracy", "gt": "much"}, "Input should be 'reference'"),
        ({"metric": "accuracy", "within": "ten%"}, "Input should be a valid number"),
        ({"metric": "accuracy", "within": -0.1}, "greater than or equal to 0"),
        ({"metric": "accuracy", "in": []}, "at least 1 item"),
        ({"metric": "quantiles", "field": "0.5", "gt": 1, "parameters": {"probs": [0.5]}}, "parameter probs"),
    ],
)
def test_errors_name_what_is_wrong_and_the_remedy(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        ReportTest.model_validate(wrong)
    assert message in str(raised.value)


def test_a_metric_that_only_a_test_names_is_computed_and_one_that_is_there_is_not_computed_twice() -> None:
    tests = [{"metric": "accuracy", "gt": 0.5}, {"metric": "row_count", "gt": 3}, {"metric": "accuracy", "lt": 0.9}]
    config = ReportConfig.model_validate({"metrics": ["row_count"], "tests": tests})
    assert [choice.name for choice in config.choices(has_reference=True)] == ["row_count", "accuracy"]


def test_a_test_of_other_parameters_computes_the_metric_with_them() -> None:
    test = {"metric": "quantiles", "field": "0.9", "lt": 3, "parameters": {"probabilities": [0.9]}}
    config = ReportConfig.model_validate({"metrics": ["quantiles"], "tests": [test]})
    chosen = [choice.parameters for choice in config.choices(has_reference=True)]
    assert chosen == [{}, {"probabilities": [0.9]}]


def test_tests_are_part_of_the_configurations_identity_and_survive_its_json() -> None:
    config = ReportConfig.model_validate(
        {"tests": [{"metric": "row_count", "in": [1, 2]}, {"metric": "mae", "within": "5%"}]}
    )
    assert config.hash != ReportConfig().hash
    assert ReportConfig.model_validate_json(config.model_dump_json()) == config
    assert config.hash != ReportConfig(default_tests=True).hash
