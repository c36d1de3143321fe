from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from streams.core.reports.quality.label_texts import in_order, label_text, same
from tests.core.reports.scopes import entry_of

TRUE_FALSE = pa.array([True, False] * 2)
SPELLINGS = {
    "bool": TRUE_FALSE,
    "int8": pa.array([1, 0] * 2, pa.int8()),
    "uint64": pa.array([1, 0] * 2, pa.uint64()),
    "double": pa.array([1.0, -0.0] * 2),
    "float": pa.array([1.0, 0.0] * 2, pa.float32()),
    "half": pa.array([1.0, 0.0] * 2, pa.float16()),
    "decimal": pa.array([Decimal("1.00"), Decimal("0.00")] * 2, pa.decimal128(5, 2)),
    "text": pa.array(["1", "0"] * 2),
    "text with fraction": pa.array(["1.0", "0.0"] * 2),
    "text of truth": pa.array(["true", "false"] * 2),
    "large text": pa.array(["1", "0"] * 2, pa.large_string()),
    "text view": pa.array(["1.0", "0"] * 2, pa.string_view()),
    "dictionary of numbers": pa.array([1, 0] * 2).dictionary_encode(),
    "dictionary of texts": pa.array(["1", "0"] * 2).dictionary_encode(),
}


@pytest.mark.parametrize("predicted", SPELLINGS)
@pytest.mark.parametrize("true", SPELLINGS)
def test_one_and_zero_are_the_same_two_labels_however_they_are_written(true: str, predicted: str) -> None:
    rows = {"target": SPELLINGS[true], "prediction": SPELLINGS[predicted]}
    for metric in ("accuracy", "precision", "recall", "f1", "tpr"):
        assert entry_of(metric, rows).current == {"value": 1.0}, entry_of(metric, rows).error
    matrix = entry_of("confusion_matrix", rows).current
    assert matrix is not None
    assert matrix["counts"] == [[2, 0], [0, 2]]
    assert matrix["labels"] in (["0", "1"], ["false", "true"])


def test_the_reference_may_write_labels_in_another_way_than_the_batch() -> None:
    entry = entry_of(
        "quality_by_label",
        {"target": [1, 0, 1], "prediction": [1, 0, 0]},
        {"target": [True, False], "prediction": ["true", "false"]},
    )
    assert entry.current is not None
    assert entry.reference is not None
    assert set(entry.current) == set(entry.reference) == {"0", "1"}


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()])
def test_a_float_of_any_width_is_the_number_that_it_is_written_as(kind: pa.DataType) -> None:
    rows = {"target": pa.array([0.1, 2.5, 0.1], kind), "prediction": [0.1, 2.5, 2.5]}
    assert entry_of("accuracy", rows).current == {"value": pytest.approx(2 / 3)}
    assert entry_of("confusion_matrix", rows).current == {"labels": ["0.1", "2.5"], "counts": [[1, 1], [0, 1]]}


@pytest.mark.parametrize("positive", [True, 1, 1.0, "1", "1.0", "true"])
def test_the_positive_label_and_those_of_probabilities_may_be_written_in_any_way(positive: Any) -> None:
    rows = {"target": TRUE_FALSE, "prediction": [1, 0] * 2, "p": [0.9, 0.2, 0.8, 0.4], "q": [0.1, 0.8, 0.2, 0.6]}
    named = {"positive_label": positive, "probabilities": {positive: "p", "0.0": "q"}}
    for model in (named, {**named, "threshold": 0.5}, {"positive_label": positive, "probabilities": "p"}):
        assert entry_of("roc_auc", rows, model=model).current == {"value": 1.0}
        log_loss = entry_of("log_loss", rows, model=model).current
        assert log_loss is not None
        assert log_loss["value"] == pytest.approx(-np.log([0.9, 0.8, 0.8, 0.6]).mean())


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, "1.00", True),
        (0.00001, "0.00001", True),
        (1e22, "10000000000000000000000", True),
        (2**53 + 1, str(2**53 + 1), True),
        (2**53 + 1, 2**53, False),
        (Decimal("0.10"), 0.1, True),
        ("007", 7, False),
        ("+1", 1, False),
        (" 1", 1, False),
        ("1e3", 1000, False),
        ("", 0, False),
        ("True", 1, False),
        ("yes", True, False),
        (2, True, False),
        ("-0.0", 0, True),
    ],
)
def test_which_labels_are_one_label(one: Any, other: Any, equal: bool) -> None:
    assert (same(label_text(one) or "") == same(label_text(other) or "")) is equal
    assert (len(in_order([label_text(one) or "", label_text(other) or ""])) == 1) is equal


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_value_is_no_label(value: Any) -> None:
    assert label_text(value) is None
