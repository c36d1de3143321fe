from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from streams.core.operators.concept_mapping import ConceptMapping
from tests.core.random_events import events
from tests.core.verdicts import rewritten

INVERSE = {"synonym": "synonym", "hyponym": "hypernym", "hypernym": "hyponym"}
IDS = st.sampled_from(("cat", "dog", "emu", "ant", "pet", "bird"))
RELATIONS = st.lists(
    st.fixed_dictionaries({"subject": IDS, "predicate": st.sampled_from(list(INVERSE)), "object": IDS}),
    min_size=1,
    max_size=5,
)
FOLLOW = st.lists(st.sampled_from(list(INVERSE)), min_size=1, max_size=3)


def becomes(name: str, target: str, relations: list[dict[str, str]], follow: list[str]) -> bool:
    facts = {(one["subject"], one["predicate"], one["object"]) for one in relations}
    facts |= {(to, INVERSE[predicate], of) for of, predicate, to in facts}
    return name == target or any((name, predicate, target) in facts for predicate in follow)


@given(events(), st.lists(IDS, min_size=1, max_size=3, unique=True), RELATIONS, FOLLOW)
def test_each_custom_concept_gets_the_largest_value_of_what_becomes_it(
    block: list[dict[str, Any]], concepts: list[str], relations: list[dict[str, str]], follow: list[str]
) -> None:
    assume(set(concepts) <= {end for one in relations for end in (one["subject"], one["object"])})

    def expected(event: dict[str, Any]) -> dict[str, float]:
        values: dict[str, float] = {}
        for concept in event.get("concepts", []):
            name = concept.get("id", concept.get("name"))
            for target in concepts:
                if becomes(name, target, relations, follow):
                    values[target] = max(values.get(target, 0.0), concept["value"])
        return values

    operator = ConceptMapping.model_validate({"concepts": concepts, "relations": relations, "follow": follow})
    rows = rewritten(operator, block)
    assert [dict(row) for row in rows] == [expected(event) for event in block]
    assert all(len(dict(row)) == len(row) for row in rows)


def mapped(event: list[tuple[str, float]], **parameters: object) -> list[tuple[str, float]]:
    operator = ConceptMapping.model_validate(parameters)
    return rewritten(operator, [{"concepts": [{"id": name, "value": value} for name, value in event]}])[0]


def test_a_kind_of_a_custom_concept_becomes_it() -> None:
    relations = [{"subject": "honey", "predicate": "hyponym", "object": "food"}]
    assert mapped([("honey", 0.9), ("car", 0.8)], concepts=["food"], relations=relations) == [("food", 0.9)]


def test_a_relation_is_also_known_backwards() -> None:
    relations = [{"subject": "food", "predicate": "hypernym", "object": "honey"}]
    assert mapped([("honey", 0.9)], concepts=["food"], relations=relations, follow=["hyponym"]) == [("food", 0.9)]


def test_a_predicate_that_is_not_followed_maps_nothing() -> None:
    relations = [{"subject": "honey", "predicate": "hyponym", "object": "food"}]
    assert mapped([("honey", 0.9)], concepts=["food"], relations=relations, follow=["synonym"]) == []


def test_relations_are_not_chained() -> None:
    relations = [
        {"subject": "puppy", "predicate": "hyponym", "object": "dog"},
        {"subject": "dog", "predicate": "hyponym", "object": "animal"},
    ]
    assert mapped([("puppy", 0.9)], concepts=["animal"], relations=relations) == []


def test_custom_concepts_stand_where_the_first_that_became_them_stood() -> None:
    relations = [
        {"subject": "pup", "predicate": "synonym", "object": "dog"},
        {"subject": "kitten", "predicate": "hyponym", "object": "cat"},
        {"subject": "hound", "predicate": "hyponym", "object": "dog"},
    ]
    event = [("hound", 0.2), ("kitten", 0.5), ("pup", 0.7)]
    assert mapped(event, concepts=["cat", "dog"], relations=relations) == [("dog", 0.7), ("cat", 0.5)]


def test_a_custom_concept_that_no_relation_names_is_refused() -> None:
    with pytest.raises(ValidationError, match="'bird', which no relation names"):
        mapped([], concepts=["bird"], relations=[{"subject": "cat", "predicate": "synonym", "object": "pet"}])
