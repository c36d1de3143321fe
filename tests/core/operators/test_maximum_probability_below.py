from typing import Any

from hypothesis import given

from streams.core.operators.maximum_probability_below import MaximumProbabilityBelow
from tests.core.random_events import PROBABILITIES, events
from tests.core.verdicts import kept


@given(events(), PROBABILITIES)
def test_events_whose_largest_value_is_below_the_threshold_are_kept(
    block: list[dict[str, Any]], threshold: float
) -> None:
    def expected(event: dict[str, Any]) -> bool:
        values = [concept["value"] for concept in event.get("concepts", [])]
        return bool(values) and max(values) < threshold

    assert kept(MaximumProbabilityBelow(threshold=threshold), block) == [expected(event) for event in block]


def test_a_value_equal_to_the_threshold_is_not_below_it() -> None:
    assert kept(MaximumProbabilityBelow(threshold=0.5), [{"concepts": [{"id": "cat", "value": 0.5}]}]) == [False]


def test_an_event_without_concepts_is_dropped() -> None:
    assert kept(MaximumProbabilityBelow(threshold=0.5), [{}, {"concepts": []}]) == [False, False]
