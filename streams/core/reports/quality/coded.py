"""Columns of labels as small numbers, row by row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from streams.core.reports.column import Column
from streams.core.reports.quality.label_texts import label_text, ordered, same

Codes = npt.NDArray[np.int64]

MOST_LABELS: Final = 1000
"""Above this many, a column holds no labels: a table of them all would fill memory and no page."""


@dataclass(frozen=True, slots=True)
class Coded:
    """One label per row: its place in ``labels``, -1 where there is none."""

    labels: tuple[str, ...]
    codes: Codes

    def among(self, texts: Sequence[str]) -> "Coded":
        """The same rows coded by other texts; -1 for those that are not among them."""
        return self._moved(texts, {text: place for place, text in enumerate(texts)}, self.labels)

    def matched(self, labels: Sequence[str]) -> "Coded":
        """The same rows coded by other labels, of which several texts may be one (see ``label_texts``)."""
        return self._moved(labels, {same(label): place for place, label in enumerate(labels)}, map(same, self.labels))

    def _moved(self, labels: Sequence[str], places: Mapping[str, int], own: Iterable[str]) -> "Coded":
        moved = np.array([*(places.get(label, -1) for label in own), -1], np.int64)
        return Coded(tuple(labels), moved[self.codes])


def coded(column: Column) -> Coded:
    """The labels of a column. Raises ValueError where it holds lists, or too many different values."""
    values = column.values
    if pa.types.is_nested(values.type):
        raise ValueError(f"column {column.name!r} is {values.type}, not labels: name another in the report's model")
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks()
    if len(encoded.dictionary) > MOST_LABELS:
        raise ValueError(
            f"column {column.name!r} has {len(encoded.dictionary)} different values, more than {MOST_LABELS} labels: "
            "name another in the report's model, or ask for the preset regression"
        )
    texts = [label_text(value) for value in _written(encoded.dictionary)]
    codes = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    if column.odd is not None:
        others, places = _odd(column.odd, frozenset(same(text) for text in texts if text is not None))
        codes = np.where(places < 0, codes, places + len(texts))
        texts += others
    labels = ordered(text for text in texts if text is not None)
    places = np.array([*(-1 if text is None else labels.index(text) for text in texts), -1], np.int64)
    return Coded(labels, places[codes])


def _odd(odd: pa.ChunkedArray, own: frozenset[str]) -> tuple[list[str | None], Codes]:
    """Labels among values of another type, and the place of each row's, -1 for other rows.

    Those are labels that say what one of the column's own says, or 0 or 1 where these are no others: never a new class.
    """
    known = own | _BINARY if own <= _BINARY else own
    encoded = odd.dictionary_encode().unify_dictionaries().combine_chunks()
    values = [None if text[0] in "[{" else json.loads(text) for text in encoded.dictionary.to_pylist()]
    codes = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    texts = map(label_text, values)
    return [text if text is not None and same(text) in known else None for text in texts], codes


_BINARY: Final = frozenset({"0", "1"})


def _written(values: pa.Array) -> list[Any]:
    """Values as Python has them; floats of 32 bits as the doubles that are written alike, instants as texts."""
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.string())
    if not pa.types.is_float32(values.type):
        return list(values.to_pylist())
    floats = values.to_numpy(zero_copy_only=False)
    return [float(str(value)) for value in floats]
