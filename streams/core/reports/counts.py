"""How often each value occurs, in one column or side by side in two. Vectorised: no Python per row or value."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.reports.whole_numbers import Numbers, aligned

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """Distinct values in ascending order (numbers, instants or ``pa.string``) and how often each occurs."""

    keys: pa.Array
    counts: Counts


@dataclass(frozen=True, slots=True)
class JointCounts:
    """The values of reference and current together in ascending order, and how often each side has them."""

    keys: pa.Array
    reference: Counts
    current: Counts


def count_sorted(numbers: Numbers) -> tuple[Numbers, Counts]:
    """Distinct numbers of sorted ones, and how often each occurs."""
    starts = np.flatnonzero(np.concatenate((np.ones(min(len(numbers), 1), bool), numbers[1:] != numbers[:-1])))
    return numbers[starts], np.diff(starts, append=len(numbers))


def count_strings(strings: pa.ChunkedArray) -> ValueCounts:
    """Counts of the non-null strings."""
    counted = pc.value_counts(strings.drop_null())
    keys = counted.field("values")
    order = pc.array_sort_indices(keys)
    return ValueCounts(keys.take(order), counted.field("counts").take(order).to_numpy())


def join_counts(reference: ValueCounts, current: ValueCounts) -> JointCounts:
    """Counts of both sides over the union of their values.

    Raises ValueError where one side holds strings and the other numbers.
    """
    encoded = pa.concat_arrays(_of_one_type(reference.keys, current.keys)).dictionary_encode()
    order = pc.array_sort_indices(encoded.dictionary)
    places = np.empty(len(order), np.int64)
    places[order.to_numpy()] = np.arange(len(order))
    at = places[encoded.indices.to_numpy()]
    split = len(reference.keys)
    return JointCounts(
        encoded.dictionary.take(order),
        _placed(at[:split], reference.counts, len(order)),
        _placed(at[split:], current.counts, len(order)),
    )


def _of_one_type(reference: pa.Array, current: pa.Array) -> list[pa.Array]:
    if reference.type == current.type:
        return [reference, current]
    if not len(reference):
        return [current.slice(0, 0), current]
    if not len(current):
        return [reference, reference.slice(0, 0)]
    if all(pa.types.is_timestamp(keys.type) for keys in (reference, current)):
        finer = max(reference.type.unit, current.type.unit, key=_UNITS.index)
        return [keys.cast(pa.timestamp(finer)) for keys in (reference, current)]
    if not any(pa.types.is_string(keys.type) or pa.types.is_timestamp(keys.type) for keys in (reference, current)):
        return list(map(pa.array, aligned(reference.to_numpy(), current.to_numpy())))
    raise ValueError(
        f"values are {current.type} in the batch and {reference.type} in the reference: give both one type"
    )


def _placed(at: Counts, counts: Counts, size: int) -> Counts:
    placed = np.zeros(size, np.int64)
    np.add.at(placed, at, counts)  # two whole numbers may be one double
    return placed


_UNITS: Final = ("s", "ms", "us", "ns")
