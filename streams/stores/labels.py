"""Labels of batches as they lie in the object store, below `labels/`.

An object holds the labels of one batch that stand between two offsets of the labels topic: both are in its key, so its
content is a function of the log, whoever writes it and however often. Nothing is ever replaced by something else.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from streams.core.batches.build import parquet_bytes
from streams.stores.objects import ObjectStore

_KEY = re.compile(r"labels/.+/(?P<first>[0-9]{20})-(?P<next>[0-9]{20})-(?P<labels>[0-9]+)\.parquet")
_ORDER = [("offset", "ascending"), ("index", "ascending")]


@dataclass(frozen=True, slots=True)
class StoredLabels:
    """An object: the labels of offsets from `first` to `next` (excluded)."""

    first: int
    next: int
    labels: int
    key: str

    def within(self, other: StoredLabels) -> bool:
        """Whether another object holds all of this one. Of one stretch, what has more labels is of later rows."""
        if (self.first, self.next) == (other.first, other.next):
            return self.labels < other.labels
        return other.first <= self.first and self.next <= other.next


def stored_labels(store: ObjectStore, folder: str, until: int) -> list[StoredLabels]:
    """The objects that hold all labels of a batch before an offset, by offset; those that others contain left out."""
    found = [each for each in _recognised(store.keys(f"labels/{folder}")) if each.next <= until]
    return sorted(
        (each for each in found if not any(each.within(other) for other in found)), key=lambda each: each.first
    )


def read_labels(store: ObjectStore, keys: Sequence[str]) -> pa.Table:
    """The labels of several objects; one that stands in two of them comes twice."""
    return pa.concat_tables([pq.read_table(io.BytesIO(store.get(key))) for key in keys])


def add_labels(store: ObjectStore, folder: str, first: int, next_: int, labels: pa.Table) -> tuple[str, ...]:
    """Store the labels of a batch between two offsets; the keys of all of its labels so far.

    Objects that are not much larger are taken together into one: so a batch has few, and a label is written as often
    as the logarithm of their number.
    """
    before = stored_labels(store, folder, next_)
    while before and before[-1].labels <= 2 * labels.num_rows:
        last = before.pop()
        labels, first = pa.concat_tables([read_labels(store, [last.key]), labels]), min(first, last.first)
    labels = _each_once(labels)
    key = f"labels/{folder}/{first:020}-{next_:020}-{labels.num_rows}.parquet"
    store.put(key, parquet_bytes(labels))
    return tuple(each.key for each in stored_labels(store, folder, next_))


def _each_once(labels: pa.Table) -> pa.Table:
    """By place in the log; a label that stands there twice over once."""
    ordered = labels.sort_by(_ORDER).combine_chunks()
    offsets, indexes = (ordered[name].to_numpy() for name in ("offset", "index"))
    changes = (np.diff(offsets, prepend=-1) != 0) | (np.diff(indexes, prepend=-1) != 0)
    return ordered.filter(pa.array(changes))


def _recognised(keys: Sequence[str]) -> Iterator[StoredLabels]:
    for key in keys:
        found = _KEY.fullmatch(key)
        if found:
            yield StoredLabels(int(found["first"]), int(found["next"]), int(found["labels"]), key)
