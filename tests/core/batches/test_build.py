from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from streams.core import segments
from streams.core.batches.build import Batch, build_batch
from streams.core.batches.manifest import RowRange, encode_manifest
from streams.core.segments import Segment
from streams.core.windows.slots import Slots
from streams.stages.report import batch_facts
from tests.core.batches.closed_windows import BIG, collector_of, decoded, segments_of, table_in, window_of
from tests.core.blocks import block_of
from tests.core.events.chunks import arrow_stream, avro, events_as_json
from tests.core.events.test_many_events import AVRO, EVENTS, NESTED

MODELS = [{"id": f"e{number}", "time": number, "model": {"id": "ab"[number % 2]}} for number in range(10)]
OPERATORS = [
    {"type": "stratified_sample", "by": ["model.id"], "rows_per_stratum": 3},
    {"type": "reservoir_sample", "rows": 4},
]


def mixed_batch() -> Batch:
    """A batch of JSON, Avro and Arrow rows with window operators and late rows."""
    collector = collector_of(operators=OPERATORS)
    values = [*events_as_json(EVENTS[:2]), *(avro(one) for one in EVENTS[:2]), arrow_stream(NESTED)]
    found = segments_of(collector, decoded(collector, values, [*[None] * 2, *[AVRO] * 2, None]))
    return build_batch(window_of(collector, [*found, late_segment()], {"random_sample": 2, "caller": 1}))


def late_segment() -> Segment:
    """Three rows of partition 7, the last two of them late."""
    block = block_of([{"partition": 7, "offset": 40 + row, "model": {"id": "m"}} for row in range(3)])
    placed = Slots(np.full(3, 5), np.array([False, True, True]))
    (value,) = segments.encode(block, np.ones(3, np.bool_), placed, collector_of().plan(), BIG)
    return segments.decode(value)


def digest(batch: Batch) -> str:
    """Hash of all that a batch stores and says."""
    stored = b"".join(key.encode() + content for key, content in batch.objects)
    return hashlib.sha256(stored + encode_manifest(batch.manifest)).hexdigest()


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_bytes_are_the_same_in_every_process(seed: str) -> None:
    program = "from tests.core.batches.test_build import digest, mixed_batch; print(digest(mixed_batch()))"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": seed},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == digest(mixed_batch())


@pytest.mark.parametrize("cuts", [(1,), (3, 4, 9)])
def test_how_rows_were_divided_into_segments_does_not_show_in_the_bytes(cuts: tuple[int, ...]) -> None:
    collector = collector_of(operators=OPERATORS)
    block = block_of(MODELS)
    (whole,) = segments_of(collector, block)
    divided = [replace(whole, batch=whole.batch[start:end]) for start, end in pairwise([0, *cuts, len(MODELS)])]
    assert digest(build_batch(window_of(collector, [whole]))) == digest(
        build_batch(window_of(collector, divided[::-1]))
    )


def test_window_operators_run_in_order_and_count_what_they_drop() -> None:
    collector = collector_of(operators=OPERATORS)
    batch = build_batch(window_of(collector, segments_of(collector, block_of(MODELS)), {"reservoir_sample": 1}))
    assert batch.manifest.rows == 4
    assert batch.manifest.dropped == {"stratified_sample": 4, "reservoir_sample": 3}


def test_a_stratified_sample_takes_as_many_rows_of_each_stratum() -> None:
    collector = collector_of(operators=OPERATORS[:1])
    rows = table_in(build_batch(window_of(collector, segments_of(collector, block_of(MODELS)))))
    assert rows is not None
    assert sorted(rows["model.id"].to_pylist()) == ["a"] * 3 + ["b"] * 3


def test_a_sample_that_keeps_nothing_of_nothing_stores_nothing() -> None:
    collector = collector_of(operators=OPERATORS)
    batch = build_batch(window_of(collector, [], {"caller": 3, "model": 0}))
    assert (batch.objects, batch.manifest.rows_object, batch.manifest.source) == ((), None, ())
    assert (batch.manifest.rows, batch.manifest.dropped) == (0, {"caller": 3})


def test_a_late_row_is_kept_beside_its_batch_and_no_operator_sees_it() -> None:
    collector = collector_of(operators=[{"type": "reservoir_sample", "rows": 1}])
    batch = build_batch(window_of(collector, [late_segment()]))
    rows, late = table_in(batch), table_in(batch, "late")
    assert rows is not None
    assert late is not None
    assert (rows["offset"].to_pylist(), late["offset"].to_pylist()) == ([40], [41, 42])
    assert (batch.manifest.rows, batch.manifest.late_rows, batch.manifest.dropped) == (1, 2, {})
    assert batch.manifest.source == (RowRange(7, 40, 42, 1, 2),)


def test_a_window_of_late_rows_alone_has_no_rows_object() -> None:
    segment = late_segment()
    only_late = Segment(segment.plan, segment.encoding, segment.batch[1:])
    manifest = build_batch(window_of(collector_of(), [only_late])).manifest
    assert (manifest.rows, manifest.late_rows, manifest.rows_object) == (0, 2, None)
    assert manifest.late_object is not None


def test_ranges_name_every_source_partition_by_what_was_kept_of_it() -> None:
    events = [{"partition": place % 3, "offset": place, "model": {"id": "m"}} for place in range(9)]
    segment = segments_of(collector_of(), block_of(events))
    assert build_batch(window_of(collector_of(), segment)).manifest.source == (
        RowRange(0, 0, 6, 3),
        RowRange(1, 1, 7, 3),
        RowRange(2, 2, 8, 3),
    )


def test_objects_are_what_the_manifest_says() -> None:
    batch = mixed_batch()
    stored = dict(batch.objects)
    for one in (batch.manifest.rows_object, batch.manifest.late_object):
        assert one is not None
        assert (len(stored[one.key]), hashlib.sha256(stored[one.key]).hexdigest()) == (one.bytes, one.sha256)
    rows = table_in(batch)
    assert rows is not None
    assert {"slot_time", "late", "id_hash"} & set(rows.column_names) == set()


def test_rows_in_order_of_arrival_are_stored_as_they_came() -> None:
    collector = collector_of(trigger={"type": "rows", "rows": 9}, order="arrival")
    late_first = sorted(MODELS, key=lambda one: -int(str(one["id"])[1:]))
    rows = table_in(build_batch(window_of(collector, segments_of(collector, block_of(late_first)))))
    assert rows is not None
    assert rows["id"].to_pylist() == [one["id"] for one in late_first]


def test_the_id_names_the_window_and_the_configuration() -> None:
    one, other = collector_of(), collector_of(caller="ann")
    ids = {
        build_batch(window_of(one, [])).manifest.batch_id,
        build_batch(window_of(one, [late_segment()])).manifest.batch_id,
        build_batch(window_of(other, [])).manifest.batch_id,
        build_batch(replace(window_of(one, []), sequence=1)).manifest.batch_id,
        build_batch(replace(window_of(one, []), end_ms=1)).manifest.batch_id,
    }
    assert len(ids) == 4


def wide_events(rows: int) -> list[dict[str, Any]]:
    """Events of two features; one of them has a thousand of its own besides."""
    events: list[dict[str, Any]] = [
        {"id": f"e{row}", "model": {"id": "m"}, "features": {"a": row, "b": 0.5}} for row in range(rows)
    ]
    events[3]["features"] |= {f"own{number:03}": number for number in range(1_000)}
    return events


def test_one_wide_event_makes_no_column_for_each_of_its_keys() -> None:
    collector = collector_of(sparse_cells=10_000)
    batch = build_batch(
        window_of(collector, segments_of(collector, decoded(collector, events_as_json(wide_events(200)))))
    )
    table = table_in(batch)
    features = [name for name in table.column_names if name.startswith("features.")]
    assert features == ["features.a", "features.b", *(f"features.own{number:03}" for number in range(48))]
    (told,) = [entries for entries in table["other_columns"].to_pylist() if entries is not None]
    assert told == [(f"features.own{number:03}", str(number)) for number in range(48, 1_000)]
    others = batch.manifest.other_columns
    assert (others.columns, others.values, others.names[:1], len(others.names)) == (952, 952, ("features.own048",), 100)
    assert batch_facts(batch.manifest).other_columns == others


def test_columns_of_which_a_tenth_is_filled_are_never_too_many() -> None:
    collector = collector_of(sparse_cells=10_000)
    values = [{"features": {f"f{n}": 1 for n in range(90)}} if row % 10 == 0 else {} for row in range(500)]
    events = events_as_json([{"id": f"e{row}", "model": {"id": "m"}, **value} for row, value in enumerate(values)])
    manifest = build_batch(window_of(collector, segments_of(collector, decoded(collector, events)))).manifest
    assert manifest.other_columns is msgspec.UNSET
