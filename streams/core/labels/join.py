"""Labels to the rows of a batch, by event id. Nothing depends on the order in which labels came, or were divided."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from streams.core.events.arrays import data_of, lengths_of, offsets_of, one_array, valid_rows
from streams.core.reports.quality.label_texts import label_text
from streams.core.snapshots import LabelsUsed

_LATEST: Final = [("id", "ascending"), ("time_ms", "ascending"), ("offset", "ascending"), ("index", "ascending")]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Which rows have a label (a boolean array) and the labels of these in the rows' order; what they rest on."""

    rows: pa.Array
    targets: pa.Array
    used: LabelsUsed


def join_labels(ids: pa.ChunkedArray, labels: pa.Table, late: int = 0) -> Labelled:
    """The labels, by `decode.LABELS`, of rows with these ids. Of several labels of one event the latest counts: by
    the time that it says, then by its place in the log. Labels of other events are left out; one that is given twice
    over, by its place in the log, counts once. The last `late` of the rows came late.
    """
    own = labels.filter(pc.is_in(labels["id"], value_set=one_array(ids)))
    ordered = own.sort_by(_LATEST)
    kept = ordered.filter(_changes(ordered, ["id", "offset", "index"]))
    latest = kept.filter(_last_of_each(kept["id"]))
    places = one_array(pc.index_in(ids, value_set=one_array(latest["id"])))
    has_label = pc.is_valid(places)
    labelled = int(pc.sum(has_label).as_py() or 0)
    used = LabelsUsed(
        revision=kept.num_rows,
        labelled=labelled,
        share=labelled / len(ids) if len(ids) else 0.0,
        duplicates=kept.num_rows - latest.num_rows,
        hash=_hash(latest),
        labelled_late=int(pc.sum(has_label[len(ids) - late :]).as_py() or 0),
    )
    return Labelled(has_label, typed_targets(one_array(latest["target"]).take(places.drop_null())), used)


def _changes(ordered: pa.Table, names: list[str]) -> pa.Array:
    """Rows that differ from the one before; the first one does."""
    count = ordered.num_rows
    differs = np.zeros(max(count - 1, 0), np.bool_)
    for name in names:
        column = one_array(ordered[name])
        differs |= pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([np.ones(min(count, 1), np.bool_), differs]))


def _last_of_each(ids: pa.ChunkedArray) -> pa.Array:
    column = one_array(ids)
    differs = pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([differs, np.ones(min(len(column), 1), np.bool_)]))


def typed_targets(targets: pa.StructArray) -> pa.Array:
    """Truths (`events.table.SCALAR`) as one column: booleans, integers, floats or texts; of a mixture, all as texts."""
    text, number, truth = targets.flatten()
    if valid_rows(text).all():
        return text
    truths, numbers = truth.to_numpy(zero_copy_only=False), number.to_numpy(zero_copy_only=False)
    if (truths >= 0).all():
        return pa.array(truths == 1)
    if not np.isnan(numbers).any():
        whole = (np.abs(numbers) < _EXACT) & (numbers == np.floor(numbers))
        return pa.array(numbers.astype(np.int64)) if whole.all() else pa.array(numbers)
    distinct = pc.if_else(pa.array(np.isnan(numbers)), None, number).dictionary_encode()
    as_number = pa.array(map(label_text, distinct.dictionary.to_pylist()), pa.string()).take(distinct.indices)
    as_truth = pa.array(np.where(truths == 1, "true", "false"), pa.string(), mask=truths < 0)
    return pc.coalesce(text, as_truth, as_number)


_EXACT: Final = 2.0**53  # from here on floats pass over integers


def _hash(latest: pa.Table) -> str:
    """SHA-256 (hex) of ids, truths and times, in the order of ids: not of how a library would write them."""
    digest = hashlib.sha256()
    text, number, truth = one_array(latest["target"]).flatten()
    for texts in (one_array(latest["id"]), pc.fill_null(text, "")):
        offsets = offsets_of(texts)
        digest.update(lengths_of(texts).astype("<i4").tobytes())
        digest.update(data_of(texts)[offsets[0] : offsets[-1]].tobytes())
    for numbers, kind in ((number, "<f8"), (truth, "<i1"), (one_array(latest["time_ms"]), "<i8")):
        digest.update(numbers.to_numpy(zero_copy_only=False).astype(kind).tobytes())
    return digest.hexdigest()
