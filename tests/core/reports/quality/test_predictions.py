from typing import Any

import pyarrow as pa
import pytest

from streams.core.reports.batch_columns import report_dataset
from streams.core.reports.config import ReportConfig
from streams.core.reports.report import compute_report
from tests.core.reports.scopes import entry_of

REMEDY = "name the one of the probabilities in the report's model"
LIKELY = {"target": [1, 0, 1, 0], "probability": [0.9, 0.7, 0.2, 0.1]}


def _value(metric: str, rows: dict[str, Any], **model: Any) -> Any:
    entry = entry_of(metric, rows, model=model)
    assert entry.current is not None, entry.error
    return entry.current["value"]


def test_without_a_prediction_a_probability_of_one_half_decides() -> None:
    assert _value("accuracy", LIKELY) == 0.5
    assert _value("recall", LIKELY) == 0.5


def test_a_threshold_decides_whatever_the_prediction_says() -> None:
    answered = LIKELY | {"prediction": [0, 0, 0, 0]}
    assert _value("recall", answered) == 0.0
    assert _value("recall", answered, threshold=0.2) == 1.0


def test_the_likeliest_of_several_labels_is_the_answer() -> None:
    rows = {"target": ["a", "b", "c"], "pa": [0.8, 0.1, 0.3], "pb": [0.1, 0.8, 0.6], "pc": [0.1, 0.1, 0.1]}
    assert _value("accuracy", rows, probabilities={"a": "pa", "b": "pb", "c": "pc"}) == pytest.approx(2 / 3)


def test_rows_without_a_probability_are_left_out() -> None:
    assert _value("accuracy", LIKELY | {"probability": [0.9, None, None, 0.1]}) == 1.0


@pytest.mark.parametrize(
    ("rows", "model", "reason"),
    [
        (LIKELY, {"probabilities": "p"}, f"there is no column 'p': {REMEDY}"),
        (
            {"target": ["a", "b", "c"], "p": [0.1, 0.2, 0.3], "prediction": ["a", "b", "c"]},
            {"probabilities": "p"},
            "nothing says whose probability 'p' is: name the positive_label in the report's model",
        ),
        (
            {"target": ["a", "b", "c"], "p": [0.1, 0.2, 0.3], "q": [0.1, 0.2, 0.3]},
            {"probabilities": {"a": "p", "b": "q"}, "threshold": 0.5},
            "a threshold decides between two labels: leave it out, or name the positive_label",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_name(rows: dict[str, Any], model: dict[str, Any], reason: str) -> None:
    assert entry_of("accuracy", rows, model=model).error == reason


def _batch(concepts: list[list[tuple[str, float]] | None], target: list[str]) -> pa.Table:
    listed = [None if row is None else [{"id": i, "name": None, "value": v} for i, v in row] for row in concepts]
    kind = pa.list_(pa.struct([("id", pa.string()), ("name", pa.string()), ("value", pa.float64())]))
    numbers = pa.array(range(len(target)))
    return pa.table(
        {
            "partition": numbers,
            "offset": numbers,
            "index": numbers,
            "extra.truth": target,
            "concepts": pa.array(listed, kind),
        }
    )


def test_a_batchs_concepts_are_its_predictions_and_probabilities() -> None:
    rows = _batch([[("cat", 0.9), ("dog", 0.1)], [("dog", 0.6)], None, [("cat", 0.7)]], ["cat", "dog", "cat", "dog"])
    config = ReportConfig.model_validate(
        {"metrics": ["accuracy", "roc_auc", "quality_by_label"], "model": {"target": "extra.truth"}}
    )
    accuracy, roc_auc, by_label = compute_report(report_dataset(rows), None, config).entries
    assert accuracy.current == {"value": pytest.approx(2 / 3)}
    assert roc_auc.current == {"value": pytest.approx((1 + 0.5) / 2)}
    assert by_label.current is not None
    assert {label: values["rows"] for label, values in by_label.current.items()} == {"cat": 1, "dog": 2}
