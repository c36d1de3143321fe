from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from streams.core.evidently.data_definition import data_definition
from streams.core.reports.config import ReportConfig
from streams.core.reports.selection import select_columns
from tests.core.reports.columns import dataset

METRICS = {"metrics": [{"type": "evidently:metric_v2:RowCount"}]}


def definition(rows: Mapping[str, Sequence[Any]], **report: Any) -> dict[str, Any]:
    config = ReportConfig.model_validate({"engine": "evidently", "evidently": METRICS, **report})
    batch = dataset(**rows)
    kinds = {each.name: each.kind for each in select_columns(batch, None, config.columns)[0]}
    return dict(data_definition([batch], kinds, config.columns, config.model, config.data_definition or {}))


def test_without_a_target_nothing_is_said() -> None:
    assert definition({"amount": [1.5, 2.5], "prediction": [1, 0]}) == {}


def test_kinds_are_said_where_one_is_declared() -> None:
    found = definition({"amount": [1.5, 2.5], "rating": [1, 2]}, columns={"kinds": {"rating": "numeric"}})
    assert found["numerical_columns"] == ["amount", "rating"]
    assert found["categorical_columns"] == found["list_columns"] == []


@pytest.mark.parametrize(
    ("target", "positive"), [([1, 0], 1), ([True, False], True), (["true", "false"], "true"), ([1.5, 0.5], 1.5)]
)
def test_the_positive_label_has_the_type_of_the_target(target: list[Any], positive: Any) -> None:
    model = {"positive_label": positive}
    (task,) = definition({"target": target, "prediction": target}, model=model)["classification"]
    assert (task["pos_label"], type(task["pos_label"])) == (positive, type(positive))


def test_a_batchs_strongest_concept_is_its_answer_where_no_other_is() -> None:
    rows = {"target": ["cat", "dog", "owl"] * 2, "top_concept": ["cat", "dog", "dog"] * 2}
    (task,) = definition(rows)["classification"]
    assert (task["type"], task["prediction_labels"]) == ("MulticlassClassification", "top_concept")


def test_of_two_labels_the_positive_ones_probability_is_named() -> None:
    rows = {"target": ["ham", "spam"], "h": [0.9, 0.2], "s": [0.1, 0.8]}
    model = {"probabilities": {"ham": "h", "spam": "s"}, "positive_label": "spam"}
    (task,) = definition(rows, model=model)["classification"]
    assert (task["prediction_labels"], task["prediction_probas"]) == (None, "s")


def test_a_target_that_holds_no_labels_says_nothing_of_a_model() -> None:
    words = [f"word {number}" for number in range(1001)]
    assert definition({"target": words, "prediction": words}) == {}


def test_a_probability_that_is_nobodys_is_an_error() -> None:
    rows = {"target": ["a", "b", "c"], "p": [0.1, 0.2, 0.3]}
    with pytest.raises(ValueError, match="nothing says whose probability 'p' is"):
        definition(rows, model={"probabilities": "p"})


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"model": {"threshold": 0.8}}, r"model.threshold \(0.8\) .* probas_threshold"),
        (
            {"columns": {"kinds": {"a": "text"}}, "data_definition": {"text_columns": ["a"]}},
            "columns.kinds and data_definition.text_columns both say",
        ),
        (
            {"model": {"probabilities": {"cat": "cat", "dog": "p", "owl": "owl"}}},
            "'p' for the label 'dog'; .* rename it",
        ),
    ],
)
def test_what_no_definition_can_say_is_refused_with_a_remedy(report: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        definition({"a": ["x"]}, **report)
