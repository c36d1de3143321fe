"""Random events for properties: every field may be missing, of another type, empty or repeated."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

WORDS = ("cat", "dog", "Cat", "catalog", "über", "x_1", "a b", "")
TEXTS = st.one_of(
    st.lists(st.sampled_from((*WORDS, ".", ", ", "-", "\n", "7")), max_size=6).map(" ".join), st.text(max_size=8)
)
NUMBERS = st.one_of(st.sampled_from((0, 1, -1, 0.5, 2**53)), st.floats(-2, 2), st.integers(-3, 3))
VALUES = st.one_of(st.none(), st.booleans(), NUMBERS, st.sampled_from(WORDS), st.just({"a": 1}), st.just([1]))
PROBABILITIES = st.one_of(st.sampled_from((0.0, 0.2, 0.5, 1.0)), st.floats(0, 1))


def concepts() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Few ids, so that they repeat within an event and across events; a name may stand in for the id."""
    either = st.one_of(
        st.fixed_dictionaries({"id": st.sampled_from(("cat", "dog", "emu")), "value": PROBABILITIES}),
        st.fixed_dictionaries({"name": st.sampled_from(("cat", "ant")), "value": PROBABILITIES}),
    )
    return st.lists(either, max_size=4)


def events() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Blocks of events, empty ones among them."""
    few = st.sampled_from(("m", "n", ""))
    event = st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from([f"event-{number}" for number in range(20)]),
            "model": st.fixed_dictionaries({}, optional={"user_id": few, "app_id": few, "id": few, "version": few}),
            "caller": st.sampled_from(("ann", "bob", "")),
            "input": st.fixed_dictionaries({}, optional={"data": st.one_of(TEXTS, st.just({"a": 1}), st.none())}),
            "concepts": concepts(),
            "metadata": st.fixed_dictionaries({}, optional={"k": VALUES, "l": VALUES}),
        },
    )
    return st.lists(event, max_size=12)
