"""What `engine: evidently` computes of models with the real library. Run by test_evidently_engine.py."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from evidently import BinaryClassification, DataDefinition, Dataset, MulticlassClassification, Regression, Report
from evidently.core.datasets import ColumnType
from evidently.metrics import ColumnCount
from evidently.presets import ClassificationPreset, RegressionPreset

from streams.core.reports.config import ReportConfig
from streams.core.reports.dataset import Dataset as OurDataset
from streams.core.reports.results import Entry
from streams.stages.evidently_engine import EngineUnusableError, require_engine
from tests.core.reports.columns import dataset
from tests.stages.evidently_engine_cases import collector_with
from tests.stages.evidently_engine_run import compared

PRESETS = {kind: f"evidently:metric_container:{kind.__name__}" for kind in (ClassificationPreset, RegressionPreset)}
KINDS = (ColumnType.Numerical, ColumnType.Categorical, ColumnType.Text)
ANIMALS = ["cat", "dog", "owl"]


def answers(rows: int, seed: int) -> OurDataset:
    """Two numeric labels, two of text with a probability, three with each one's, and numbers, all with answers."""
    draw = np.random.default_rng(seed)
    truth, scores = draw.integers(0, 2, rows), draw.dirichlet(np.ones(3), rows)
    likely = np.clip(0.5 + (truth - 0.5) * 0.5 + draw.normal(0, 0.25, rows), 0.001, 0.999)
    amount = draw.normal(10, 3, rows)
    return dataset(
        target=truth,
        answer=(likely >= 0.5).astype(int),
        mail=np.array(["ham", "spam"])[truth],
        spam_chance=likely,
        animal=np.array(ANIMALS)[draw.integers(0, 3, rows)],
        seen=np.array(ANIMALS)[scores.argmax(axis=1)],
        **dict(zip(ANIMALS, scores.T, strict=True)),
        amount=amount,
        guess=amount + draw.normal(0.5 * seed, 1, rows),
    )


def values(given: Any) -> list[Any]:
    """The numbers of a result, by the names of its parts and labels."""
    if not isinstance(given, Mapping):
        return [given]
    return [each for name in sorted(given, key=str) for each in values(given[name])]


def assert_same_values(folder: Path, report: Mapping[str, Any], metrics: list[Any], definition: DataDefinition) -> None:
    sides = answers(300, 1), answers(200, 2)
    config = ReportConfig.model_validate({"engine": "evidently", **report})
    snapshot = compared(folder, config, *(each.table for each in sides)).snapshot
    assert snapshot.report is not None, snapshot.error
    reference, current = (Dataset.from_pandas(each.table.to_pandas(), data_definition=definition) for each in sides)
    theirs = Report(metrics).run(current, reference).dict()["metrics"]
    ours = [values(each.current) for each in snapshot.report.entries if isinstance(each, Entry)]
    assert len(theirs) > 2
    assert ours == [values(each["value"]) for each in theirs]


@pytest.mark.parametrize(
    ("model", "task"),
    [
        ({"prediction": "answer"}, BinaryClassification(target="target", prediction_labels="answer")),
        (
            {"target": "mail", "probabilities": "spam_chance", "positive_label": "spam"},
            BinaryClassification(target="mail", prediction_probas="spam_chance", pos_label="spam"),
        ),
        (
            {"target": "animal", "prediction": "seen"},
            MulticlassClassification(target="animal", prediction_labels="seen"),
        ),
        (
            {"target": "animal", "prediction": "seen", "probabilities": {each: each for each in ANIMALS}},
            MulticlassClassification(target="animal", prediction_labels="seen", prediction_probas=ANIMALS),
        ),
        ({"target": "amount", "prediction": "guess"}, Regression(target="amount", prediction="guess")),
    ],
    ids=["labels", "probability", "several labels", "several probabilities", "numbers"],
)
def test_the_quality_of_a_model_is_that_of_the_library(model: dict[str, Any], task: Any, tmp_path: Path) -> None:
    kind = RegressionPreset if isinstance(task, Regression) else ClassificationPreset
    field = "regression" if isinstance(task, Regression) else "classification"
    report = {"evidently": {"metrics": [{"type": PRESETS[kind]}]}, "model": model}
    assert_same_values(tmp_path, report, [kind()], DataDefinition(**{field: [task]}))


def test_a_data_definition_that_is_given_goes_before_what_the_model_says(tmp_path: Path) -> None:
    given = {"type": "BinaryClassification", "name": "mine", "target": "mail", "prediction_probas": "spam_chance"}
    theirs = BinaryClassification(name="mine", target="mail", prediction_probas="spam_chance", pos_label="ham")
    report = {
        "evidently": {"metrics": [{"type": PRESETS[ClassificationPreset], "classification_name": "mine"}]},
        "model": {"prediction": "answer"},
        "data_definition": {"classification": [{**given, "pos_label": "ham"}]},
    }
    preset = ClassificationPreset(classification_name="mine")
    assert_same_values(tmp_path, report, [preset], DataDefinition(classification=[theirs]))


def test_kinds_that_are_declared_are_those_that_the_library_goes_by(tmp_path: Path) -> None:
    metrics = [{"type": "evidently:metric_v2:ColumnCount", "column_type": each.value} for each in KINDS]
    report = {"evidently": {"metrics": metrics}, "columns": {"kinds": {"target": "numeric"}}}
    categories = ["answer", "mail", "animal", "seen"]
    numbers = ["target", "spam_chance", *ANIMALS, "amount", "guess"]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=categories)
    assert_same_values(tmp_path, report, [ColumnCount(column_type=each) for each in KINDS], definition)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"clasification": []}, "clasification"),
        ({"classification": [{"target": "target"}]}, "none of BinaryClassification, MulticlassClassification"),
        ({"regression": [{"truth": "target"}]}, "truth"),
    ],
)
def test_a_data_definition_that_the_library_cannot_read_is_refused(given: dict[str, Any], said: str) -> None:
    metrics = {"metrics": [{"type": PRESETS[RegressionPreset]}]}
    with pytest.raises(EngineUnusableError, match=f"collector c: Evidently cannot read `data_definition`: .*{said}"):
        require_engine(collector_with({"engine": "evidently", "evidently": metrics, "data_definition": given}))
