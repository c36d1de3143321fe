from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.core.operators.caller_filter import CallerFilter
from tests.core.random_events import events
from tests.core.verdicts import kept


@given(events(), st.lists(st.sampled_from(("ann", "bob", "eve")), min_size=1), st.booleans())
def test_events_of_the_listed_callers_are_kept_or_excluded(
    block: list[dict[str, Any]], callers: list[str], exclude: bool
) -> None:
    found = kept(CallerFilter(callers=tuple(callers), exclude=exclude), block)
    assert found == [(event.get("caller") in callers) != exclude for event in block]


def test_an_event_without_a_caller_is_dropped_and_with_exclude_kept() -> None:
    assert kept(CallerFilter(callers=("ann",)), [{}]) == [False]
    assert kept(CallerFilter(callers=("ann",), exclude=True), [{}]) == [True]
