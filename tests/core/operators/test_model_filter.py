from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.model_filter import ModelFilter
from tests.core.random_events import events
from tests.core.verdicts import kept

FIELDS = {"user_id": "user_id", "app_id": "app_id", "model_id": "id", "version": "version"}
PARTS = st.dictionaries(st.sampled_from(list(FIELDS)), st.sampled_from(("m", "n", "o")), max_size=3)


@given(events(), st.lists(PARTS, min_size=1, max_size=3), st.booleans())
def test_events_whose_model_matches_one_of_the_patterns_are_kept_or_excluded(
    block: list[dict[str, Any]], patterns: list[dict[str, str]], exclude: bool
) -> None:
    def matches(event: dict[str, Any]) -> bool:
        model = event.get("model", {})
        return any(all(model.get(FIELDS[part]) == value for part, value in one.items()) for one in patterns)

    models = ModelFilter.model_validate({"models": patterns, "exclude": exclude})
    assert kept(models, block) == [matches(event) != exclude for event in block]


def test_a_part_that_is_asked_for_does_not_match_an_event_without_it() -> None:
    models = ModelFilter.model_validate({"models": [{"version": "1"}]})
    assert kept(models, [{"model": {"id": "m"}}, {"model": {"id": "m", "version": "1"}}]) == [False, True]
