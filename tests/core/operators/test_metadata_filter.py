from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from streams.core.operators.metadata_filter import MetadataFilter
from tests.core.random_events import NUMBERS, WORDS, events
from tests.core.verdicts import kept

Where = dict[str, Any]
SCALARS = st.one_of(st.booleans(), NUMBERS, st.sampled_from(WORDS))
ORDERED = st.one_of(NUMBERS, st.sampled_from(WORDS))
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "greater_than": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
    "less_than": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
}
COMPARISONS = st.dictionaries(
    st.sampled_from(("equals", "in", "exists", *ORDERINGS)), st.none(), min_size=1, max_size=3
).flatmap(
    lambda chosen: st.fixed_dictionaries(
        {
            name: st.booleans()
            if name == "exists"
            else st.lists(SCALARS, min_size=1, max_size=3)
            if name == "in"
            else SCALARS
            if name == "equals"
            else ORDERED
            for name in chosen
        }
    )
)
LEAVES = st.tuples(st.sampled_from("kl"), COMPARISONS).map(lambda pair: {"field": pair[0], **pair[1]})
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)


def kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text" if isinstance(value, str) else "other"


def same(value: object, wanted: object) -> bool:
    return kind(value) == kind(wanted) != "other" and bool(value == wanted)


def compares(name: str, wanted: Any, value: Any) -> bool:
    if name == "equals":
        return same(value, wanted)
    if name == "in":
        return any(same(value, one) for one in wanted)
    if name == "exists":
        return (value is not None) == wanted
    return kind(value) == kind(wanted) and kind(value) in ("number", "text") and ORDERINGS[name](value, wanted)


def holds(where: Where, metadata: dict[str, Any]) -> bool:
    if "not" in where:
        return not holds(where["not"], metadata)
    if "all" in where:
        return all(holds(part, metadata) for part in where["all"])
    if "any" in where:
        return any(holds(part, metadata) for part in where["any"])
    value = metadata.get(where["field"])
    return all(compares(name, wanted, value) for name, wanted in where.items() if name != "field")


@given(events(), CONDITIONS)
def test_events_whose_metadata_satisfies_the_condition_are_kept(block: list[dict[str, Any]], where: Where) -> None:
    condition = MetadataFilter.model_validate({"where": where})
    assert kept(condition, block) == [holds(where, event.get("metadata", {})) for event in block]


def verdicts(where: Where, *values: object) -> list[bool]:
    return kept(MetadataFilter.model_validate({"where": where}), [{"metadata": {"k": value}} for value in values])


def test_text_a_number_and_a_boolean_are_never_equal() -> None:
    assert verdicts({"field": "k", "equals": 1}, 1, 1.0, "1", True, None) == [True, True, False, False, False]
    assert verdicts({"field": "k", "equals": "1"}, 1, "1") == [False, True]
    assert verdicts({"field": "k", "equals": True}, 1, True, "true") == [False, True, False]
    assert verdicts({"field": "k", "equals": False}, 0, False, None) == [False, True, False]


def test_dates_written_alike_compare_as_text() -> None:
    assert verdicts({"field": "k", "at_least": "2026-02-01"}, "2026-01-31", "2026-02-01", 20260301) == [
        False,
        True,
        False,
    ]


def test_several_comparisons_on_a_field_have_to_hold_together() -> None:
    assert verdicts({"field": "k", "at_least": 1, "less_than": 3}, 0, 1, 2, 3) == [False, True, True, False]


def test_a_missing_field_satisfies_nothing_but_its_absence() -> None:
    assert verdicts({"field": "k", "exists": False}, None, 1) == [True, False]
    assert verdicts({"not": {"field": "k", "equals": 1}}, None, 1) == [True, False]


def test_an_object_or_a_list_exists_and_satisfies_nothing_else() -> None:
    assert verdicts({"field": "k", "exists": True}, {"a": 1}, [1]) == [True, True]
    assert verdicts({"field": "k", "equals": "x"}, {"a": 1}, ["x"]) == [False, False]


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"field": "k"},
        {"equals": 1},
        {"field": "k", "equals": 1, "not": {"field": "l", "exists": True}},
        {"all": [{"field": "k", "exists": True}], "any": [{"field": "k", "exists": True}]},
        {"all": []},
        {"field": "k", "greater_than": True},
        {"field": "k", "in": []},
        {"field": "", "exists": True},
    ],
)
def test_what_is_not_one_condition_is_refused(where: Where) -> None:
    with pytest.raises(ValidationError):
        MetadataFilter.model_validate({"where": where})


def test_only_the_fields_that_the_condition_names_are_decoded() -> None:
    where = {"any": [{"field": "a", "equals": 1}, {"not": {"all": [{"field": "b", "exists": True}]}}]}
    assert MetadataFilter.model_validate({"where": where}).fields().metadata == {"a", "b"}
