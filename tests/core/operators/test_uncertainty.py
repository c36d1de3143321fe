from math import isclose, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.required_fields import concepts_of
from streams.core.operators.uncertainty import Uncertainty, entropy, least_confidence, margin
from tests.core.blocks import block_of
from tests.core.random_events import PROBABILITIES, events
from tests.core.verdicts import kept

MEASURES = {"least_confidence": least_confidence, "margin": margin, "entropy": entropy}


def measured(strategy: str, values: list[float]) -> float:
    if strategy == "least_confidence":
        return 1 - max(values)
    if strategy == "margin":
        first, second = sorted([*values, 0.0] if len(values) == 1 else values)[::-1][:2]
        return 1 - (first - second)
    total = sum(max(value, 0) for value in values)
    if total == 0:
        return 1.0
    shares = [value / total for value in values if value / total > 0]
    return -sum(share * log(share) for share in shares) / log(len(values)) if len(values) > 1 else 0.0


def values_of(event: dict[str, Any]) -> list[float]:
    return [concept["value"] for concept in event.get("concepts", [])]


@given(events(), st.sampled_from(list(MEASURES)))
def test_each_measure_is_what_its_definition_says(block: list[dict[str, Any]], strategy: str) -> None:
    scores = MEASURES[strategy](concepts_of(block_of(block)))
    for event, score in zip(block, scores, strict=True):
        values = values_of(event)
        assert isclose(score, measured(strategy, values), abs_tol=1e-9) if values else np.isnan(score)


@given(events(), st.sampled_from(list(MEASURES)), PROBABILITIES)
def test_events_with_the_threshold_or_more_are_kept(
    block: list[dict[str, Any]], strategy: str, threshold: float
) -> None:
    scores = MEASURES[strategy](concepts_of(block_of(block)))
    operator = Uncertainty.model_validate({"strategy": strategy, "threshold": threshold})
    assert kept(operator, block) == [bool(score >= threshold) for score in scores]


@pytest.mark.parametrize(
    ("strategy", "certain", "unsure"),
    [
        ("least_confidence", [1.0, 0.0], [0.1, 0.1]),
        ("margin", [0.9, 0.0], [0.5, 0.5]),
        ("entropy", [1.0, 0.0], [0.3, 0.3]),
    ],
)
def test_an_unsure_event_is_kept_and_a_certain_one_is_not(
    strategy: str, certain: list[float], unsure: list[float]
) -> None:
    rows = [{"concepts": [{"id": f"c{i}", "value": value} for i, value in enumerate(row)]} for row in (certain, unsure)]
    assert kept(Uncertainty.model_validate({"strategy": strategy, "threshold": 0.9}), rows) == [False, True]


@pytest.mark.parametrize("strategy", list(MEASURES))
def test_an_event_without_concepts_is_dropped(strategy: str) -> None:
    assert kept(Uncertainty.model_validate({"strategy": strategy, "threshold": 0}), [{}]) == [False]


def test_entropy_is_one_for_equal_values_whatever_their_number_and_sum() -> None:
    rows = [{"concepts": [{"id": f"c{i}", "value": 0.01} for i in range(number)]} for number in (2, 5, 100)]
    assert entropy(concepts_of(block_of(rows))) == pytest.approx([1.0, 1.0, 1.0])
