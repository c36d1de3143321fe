"""Replace a general model's concepts by a custom model's, along a knowledge graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from streams.core.events.block import ConceptColumn, EventBlock
from streams.core.events.projection import Projection
from streams.core.operators.concept_entries import offsets_of
from streams.core.operators.contracts import DECLARATION, Example, Mask, Text
from streams.core.operators.required_fields import concepts_of

Positions = NDArray[np.int64]
Predicate = Literal["synonym", "hyponym", "hypernym"]
_INVERSE: Mapping[Predicate, Predicate] = {"synonym": "synonym", "hyponym": "hypernym", "hypernym": "hyponym"}


class Relation(BaseModel):
    """An edge of the knowledge graph: the subject is a `predicate` of the object. It is also known backwards."""

    model_config = DECLARATION

    subject: Text = Field(description="Id of a concept.")
    predicate: Predicate = Field(
        description="synonym: the same; hyponym: a kind of (honey of food); hypernym: a parent of (food of honey)."
    )
    object: Text = Field(description="Id of another concept.")


class ConceptMapping(BaseModel):
    """Replaces each event's concepts by those of `concepts` that its own are related to; drops the event where
    there is none.

    A concept becomes C where a relation says that it is a synonym, hyponym (a kind of C) or hypernym (a parent of C)
    of C, and `follow` lists that predicate; the value stays. `food hypernym honey` also says `honey hyponym food`,
    and a synonym goes both ways. One step, no chains. A concept that is itself in `concepts` stays. Where several
    become the same C, it gets their largest value, and the place of the first. Other concepts are taken out. An event
    without concepts is dropped (Clarifai's `concept-synonym-mapper`).
    """

    model_config = DECLARATION
    EXAMPLE: ClassVar[Example] = {
        "type": "concept_mapping",
        "concepts": ["dog", "vehicle"],
        "relations": [
            {"subject": "puppy", "predicate": "hyponym", "object": "dog"},
            {"subject": "automobile", "predicate": "synonym", "object": "vehicle"},
        ],
        "follow": ["synonym", "hyponym"],
    }

    type: Literal["concept_mapping"] = "concept_mapping"
    concepts: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(
        description="Ids of the custom model's concepts."
    )
    relations: Annotated[tuple[Relation, ...], Field(min_length=1)] = Field(description="The knowledge graph's edges.")
    follow: Annotated[tuple[Predicate, ...], Field(min_length=1)] = Field(
        default=("synonym", "hyponym", "hypernym"),
        description="What an event's concept may be of a custom concept to become it.",
    )

    @model_validator(mode="after")
    def _reaches_every_concept(self) -> Self:
        named = {end for relation in self.relations for end in (relation.subject, relation.object)}
        unreached = [concept for concept in self.concepts if concept not in named]
        if unreached:
            raise ValueError(f"concepts has {unreached[0]!r}, which no relation names; add a relation or take it out")
        return self

    def fields(self) -> Projection:
        """Look at concepts."""
        return Projection(concepts=True)

    def rewrite(self, block: EventBlock) -> tuple[EventBlock, Mask]:
        """Spread each entry over the custom concepts it becomes, then merge entries of a row that became the same."""
        general = concepts_of(block)
        sources = pa.array(list(self.becomes), pa.string())
        codes = pc.fill_null(pc.index_in(general.ids, sources), len(sources)).to_numpy()
        entries, targets = _spread(codes, [*self.becomes.values(), ()])
        keys = general.row_of[entries] * len(self.concepts) + targets
        mapped = self._merged(keys, general.values[entries], len(block))
        return replace(block, concepts=mapped), mapped.counts > 0

    def _merged(self, keys: Positions, values: NDArray[np.float64], size: int) -> ConceptColumn:
        """Make one entry of each key, `row * len(self.concepts) + target`."""
        distinct, first, group = np.unique(keys, return_index=True, return_inverse=True)
        largest = np.full(len(first), -np.inf)
        np.maximum.at(largest, group, values)
        order = np.argsort(first)
        rows, targets = np.divmod(distinct[order], len(self.concepts))
        return ConceptColumn(
            offsets=offsets_of(rows, size),
            ids=pa.array(self.concepts, pa.string()).take(pa.array(targets)),
            names=pa.nulls(len(order), pa.string()),
            values=largest[order],
        )

    @cached_property
    def becomes(self) -> Mapping[str, tuple[int, ...]]:
        """Positions in `concepts` that a concept becomes, by its id."""
        position = {concept: number for number, concept in enumerate(self.concepts)}
        edges = dict.fromkeys(position.items())
        for relation in self.relations:
            if relation.predicate in self.follow and relation.object in position:
                edges[relation.subject, position[relation.object]] = None
            if _INVERSE[relation.predicate] in self.follow and relation.subject in position:
                edges[relation.object, position[relation.subject]] = None
        targets: dict[str, tuple[int, ...]] = {}
        for source, target in edges:
            targets[source] = (*targets.get(source, ()), target)
        return targets


def _spread(codes: Positions, targets: Sequence[Sequence[int]]) -> tuple[Positions, Positions]:
    """Copy each entry, given by its code, once per target of that code. Returns the copies' entries and targets."""
    fan_out = np.array([len(one) for one in targets])
    flat = np.array([target for one in targets for target in one], np.int64)
    copies = fan_out[codes]
    entries = np.repeat(np.arange(len(codes)), copies)
    place = np.arange(len(entries)) - np.repeat(np.cumsum(copies) - copies, copies)
    return entries, flat[(np.cumsum(fan_out) - fan_out)[codes][entries] + place]
