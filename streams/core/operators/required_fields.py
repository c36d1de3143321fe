"""Fields that an operator has asked for by its projection, or an error where the block was decoded without
them.
"""

from __future__ import annotations

import pyarrow as pa

from streams.core.events.block import ConceptColumn, EventBlock, ScalarColumn


class FieldNotDecodedError(LookupError):
    """A block was decoded with a projection that leaves out a field its collectors look at: a fault in the
    program.
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"the block was decoded without {field}; decode it with projection(collectors)")


def concepts_of(block: EventBlock) -> ConceptColumn:
    """Return the concepts, or raise FieldNotDecodedError."""
    if block.concepts is None:
        raise FieldNotDecodedError("concepts")
    return block.concepts


def input_text_of(block: EventBlock) -> pa.StringArray:
    """Return the text inputs, or raise FieldNotDecodedError."""
    if block.input_text is None:
        raise FieldNotDecodedError("input.data")
    return block.input_text


def metadata_of(block: EventBlock, key: str) -> ScalarColumn:
    """Return a metadata column, or raise FieldNotDecodedError."""
    if key not in block.metadata:
        raise FieldNotDecodedError(f"metadata.{key}")
    return block.metadata[key]
