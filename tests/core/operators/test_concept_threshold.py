import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.concept_threshold import ConceptThreshold
from tests.core.blocks import block_of, rows_of
from tests.core.random_events import PROBABILITIES, events
from tests.core.verdicts import rewritten

COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}
LIMITS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(("cat", "dog", "cow")),
            "comparison": st.sampled_from(list(COMPARE)),
            "threshold": PROBABILITIES,
        }
    ),
    min_size=1,
    max_size=3,
)
Pair = tuple[str, float]


def expected(event: dict[str, Any], limits: list[dict[str, Any]]) -> list[Pair]:
    left: list[Pair] = []
    for concept in event.get("concepts", []):
        name, value = concept.get("id", concept.get("name")), concept["value"]
        own = [limit for limit in limits if limit["id"] == name]
        if own and all(COMPARE[limit["comparison"]](value, limit["threshold"]) for limit in own):
            left.append((name, value))
    return left


@given(events(), LIMITS)
def test_the_listed_concepts_that_satisfy_their_limits_are_left(
    block: list[dict[str, Any]], limits: list[dict[str, Any]]
) -> None:
    thresholds = ConceptThreshold.model_validate({"concepts": limits})
    assert rewritten(thresholds, block) == [expected(event, limits) for event in block]


@pytest.mark.parametrize(
    ("comparison", "left"), [(">", [0.6]), (">=", [0.5, 0.6]), ("<", [0.4]), ("<=", [0.4, 0.5]), ("=", [0.5])]
)
def test_each_comparison_means_what_it_says(comparison: str, left: list[float]) -> None:
    event = {"concepts": [{"id": "cat", "value": value} for value in (0.4, 0.5, 0.6)]}
    limit = {"id": "cat", "comparison": comparison, "threshold": 0.5}
    found = rewritten(ConceptThreshold.model_validate({"concepts": [limit]}), [event])
    assert found == [[("cat", value) for value in left]]


def test_without_a_comparison_a_value_has_to_be_greater() -> None:
    event = {"concepts": [{"id": "cat", "value": value} for value in (0.5, 0.6)]}
    limits = {"concepts": [{"id": "cat", "threshold": 0.5}]}
    assert rewritten(ConceptThreshold.model_validate(limits), [event]) == [[("cat", 0.6)]]


def test_a_concept_keeps_its_name() -> None:
    block = block_of([{"concepts": [{"id": "c1", "name": "cat", "value": 0.9}]}])
    after, _ = ConceptThreshold.model_validate({"concepts": [{"id": "c1", "threshold": 0.5}]}).rewrite(block)
    assert rows_of(after.concepts) == [[{"id": "c1", "name": "cat", "value": 0.9}]]


def test_the_block_that_is_rewritten_stays_as_it_was() -> None:
    block = block_of([{"concepts": [{"id": "cat", "value": 0.1}]}])
    ConceptThreshold.model_validate({"concepts": [{"id": "cat", "threshold": 0.5}]}).rewrite(block)
    assert len(rows_of(block.concepts)[0]) == 1
