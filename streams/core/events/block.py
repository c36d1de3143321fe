"""A decoded chunk: one row per event, one array per field that somebody looks at.

Operators see only this. Columns that several collectors derive (a row's largest probability, say) are computed once per
block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from streams.core.events.coded_texts import CodedTexts, coded
from streams.core.events.encoding import Encoding

_FEW = 8


@dataclass(frozen=True)
class ScalarColumn:
    """A JSON scalar per row, of any type. Numbers are IEEE doubles (RFC 8259, section 6).

    `text` is null where the value is not text, `number` NaN where it is not a number, `truth` -1 where it is not a
    boolean (else 0 or 1), `present` is False where the field is missing or null. An object or array is present and has
    none of the three.
    """

    text: pa.StringArray
    number: NDArray[np.float64]
    truth: NDArray[np.int8]
    present: NDArray[np.bool_]


@dataclass(frozen=True)
class ConceptColumn:
    """Concepts per row, ragged: row i owns entries `offsets[i]` to `offsets[i + 1]` of the flat arrays.

    `ids` falls back to the name where a concept has no id; `names` is null where there is none.
    """

    offsets: NDArray[np.int64]
    ids: pa.StringArray
    names: pa.StringArray
    values: NDArray[np.float64]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Concepts per row."""
        return np.diff(self.offsets)

    @cached_property
    def row_of(self) -> NDArray[np.int64]:
        """Row number of each flat entry."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int64), self.counts)

    @cached_property
    def maximum(self) -> NDArray[np.float64]:
        """Largest value per row, NaN for a row without concepts."""
        return self._reduce(np.maximum)

    @cached_property
    def minimum(self) -> NDArray[np.float64]:
        """Smallest value per row, NaN for a row without concepts."""
        return self._reduce(np.minimum)

    @cached_property
    def total(self) -> NDArray[np.float64]:
        """Sum of values per row, NaN for a row without concepts."""
        return self._reduce(np.add)

    def _reduce(self, fold: np.ufunc) -> NDArray[np.float64]:
        width = len(self.values) // max(len(self.counts), 1)
        if 0 < width <= _FEW and (self.counts == width).all():  # most models send the same number each time
            return reduce(fold, (self.values[place::width] for place in range(width)))
        out = np.full(len(self.counts), np.nan)
        filled = self.counts > 0
        if filled.any():
            # reduceat over the starts of non-empty rows only: an empty row would repeat its neighbour's entry
            out[filled] = fold.reduceat(self.values, self.offsets[:-1][filled])
        return out


@dataclass(frozen=True)
class EventBlock:
    """The events of one chunk as columns, in the order polled.

    `indexes` is an event's position within its message (0 where a message holds one event). `id_hashes` hashes `ids`
    and is the same on every machine. `payloads[code]` holds the raw events of one encoding: binary, or a struct array
    for Arrow; row i of the block is `payloads[encoding_codes[i]][payload_rows[i]]`. Fields outside the projection are
    None or absent.
    """

    partitions: NDArray[np.int32]
    offsets: NDArray[np.int64]
    indexes: NDArray[np.int32]
    record_times_ms: NDArray[np.int64]
    event_times_ms: NDArray[np.int64]
    ids: pa.StringArray
    id_hashes: NDArray[np.uint64]
    model_user_ids: pa.StringArray
    model_app_ids: pa.StringArray
    model_ids: pa.StringArray
    model_versions: pa.StringArray
    callers: pa.StringArray
    collectors: pa.ListArray | None
    concepts: ConceptColumn | None
    input_text: pa.StringArray | None
    metadata: Mapping[str, ScalarColumn]
    features: Mapping[str, ScalarColumn]
    encodings: tuple[Encoding, ...]
    encoding_codes: NDArray[np.int16]
    payloads: tuple[pa.Array, ...]
    payload_rows: NDArray[np.int64]

    @cached_property
    def coded_model_ids(self) -> CodedTexts:
        """Models' ids, to compare with many texts."""
        return coded(self.model_ids)

    @cached_property
    def coded_callers(self) -> CodedTexts:
        """Callers, to compare with many texts."""
        return coded(self.callers)

    @cached_property
    def row_columns(self) -> Mapping[str, pa.Array]:
        """What every segment says of its rows."""
        return {
            "partition": pa.array(self.partitions),
            "offset": pa.array(self.offsets),
            "index": pa.array(self.indexes),
            "record_time": pa.array(self.record_times_ms),
            "event_time": pa.array(self.event_times_ms),
            "id": self.ids,
            "id_hash": pa.array(self.id_hashes),
        }

    def __len__(self) -> int:
        """Count events."""
        return len(self.ids)
