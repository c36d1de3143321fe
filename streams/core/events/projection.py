"""Which fields of an event the active collectors look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Projection:
    """The fields to decode beyond id, time, model, caller and direct address, which are always decoded.

    Decoding costs by the field, so a chunk is projected to the union (`|`) of what its collectors declare.
    """

    concepts: bool = False
    input_text: bool = False
    metadata: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()

    def __or__(self, other: Projection) -> Projection:
        """Look at what either looks at."""
        return Projection(
            concepts=self.concepts or other.concepts,
            input_text=self.input_text or other.input_text,
            metadata=self.metadata | other.metadata,
            features=self.features | other.features,
        )
