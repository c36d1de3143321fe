from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core import segments
from streams.core.segments import RowTooLargeError
from streams.core.windows.plan import Trigger, WindowOperator, WindowPlan
from streams.core.windows.slots import Slots
from tests.core.blocks import block_of, concept_column, rows_of
from tests.core.events.chunks import arrow_stream, avro, decode, events_as_json
from tests.core.events.test_many_events import AVRO, EVENTS, NESTED
from tests.core.random_events import events

BIG = 1_000_000
PLAN = WindowPlan("c", "a1", Trigger("rows", rows=3), 5, "ingest", operators=(WindowOperator("r", '{"type": 1}', 7),))


def slots_of(count: int) -> Slots:
    """Slots that no other column of a row is equal to."""
    return Slots(np.arange(count) * 10 + 5, np.arange(count) % 3 == 1)


@settings(max_examples=50)
@given(events(), st.integers(0, 2**12 - 1))
def test_kept_rows_come_back_as_they_were_in_their_order(rows: list[dict[str, Any]], bits: int) -> None:
    block, placed = block_of(rows), slots_of(len(rows))
    kept = np.array([bits >> row & 1 for row in range(len(rows))], np.bool_)
    found = [segments.decode(value) for value in segments.encode(block, kept, placed, PLAN, BIG)]
    assert len(found) == bool(kept.any())
    for segment in found:
        assert (segment.plan, segment.encoding) == (PLAN, block.encodings[0])
        columns = segment.batch.to_pydict()
        assert list(columns) == [*(name for name, _ in segments.COLUMNS), "payload"]
        assert columns["offset"] == block.offsets[kept].tolist()
        assert columns["event_time"] == block.event_times_ms[kept].tolist()
        assert columns["slot_time"] == placed.times_ms[kept].tolist()
        assert columns["late"] == placed.late[kept].tolist()
        assert columns["id"] == block.ids.filter(pa.array(kept)).to_pylist()
        assert columns["id_hash"] == block.id_hashes[kept].tolist()
        assert columns["payload"] == block.payloads[0].filter(pa.array(kept)).to_pylist()


@settings(max_examples=50)
@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=12), st.integers(5_000, 12_000))
def test_segments_divide_the_rows_and_none_is_longer_than_a_message_may_be(sizes: list[int], max_bytes: int) -> None:
    block = block_of([{"id": f"e{row}", "metadata": {"text": "x" * size}} for row, size in enumerate(sizes)])
    values = segments.encode(block, np.ones(len(sizes), np.bool_), slots_of(len(sizes)), PLAN, max_bytes)
    assert max(len(value) for value in values) <= max_bytes
    batches = [segments.decode(value).batch for value in values]
    assert [row for batch in batches for row in batch["id"].to_pylist()] == block.ids.to_pylist()
    assert [row for batch in batches for row in batch["payload"].to_pylist()] == block.payloads[0].to_pylist()


def test_rows_that_fit_are_not_divided() -> None:
    block = block_of([{"metadata": {"text": "x" * 100}}] * 100)
    (value,) = segments.encode(block, np.ones(100, np.bool_), slots_of(100), PLAN, BIG)
    assert len(segments.encode(block, np.ones(100, np.bool_), slots_of(100), PLAN, len(value) // 2)) <= 4


def test_a_row_too_large_for_a_message_says_so() -> None:
    block = block_of([{"id": "e0"}, {"id": "e1", "metadata": {"text": "x" * 9_000}}])
    words = r"event 'e1' makes a segment of \d+ bytes, a message may have 9000: raise the limit"
    with pytest.raises(RowTooLargeError, match=words):
        segments.encode(block, np.ones(2, np.bool_), slots_of(2), PLAN, 9_000)


@pytest.mark.parametrize("count", [0, 3])
def test_nothing_kept_is_no_segment(count: int) -> None:
    block = block_of([{}] * count)
    assert segments.encode(block, np.zeros(count, np.bool_), slots_of(count), PLAN, BIG) == []


def test_each_encoding_of_a_block_has_a_segment_of_its_own() -> None:
    block = decode(
        [*events_as_json(EVENTS), avro(EVENTS[0]), arrow_stream(NESTED)], [None, None, None, AVRO, None]
    ).block
    found = [segments.decode(v) for v in segments.encode(block, np.ones(7, np.bool_), slots_of(7), PLAN, BIG)]
    by_kind = {segment.encoding.kind: segment.batch for segment in found}
    assert {kind: batch["offset"].to_pylist() for kind, batch in by_kind.items()} == {
        "json": [100, 101, 102],
        "avro": [103],
        "arrow": [104, 104, 104],
    }
    assert by_kind["arrow"]["index"].to_pylist() == [0, 1, 2]
    assert by_kind["arrow"]["payload"].field("caller").to_pylist() == ["c", None, None]
    assert {segment.encoding for segment in found} == set(block.encodings)


def test_an_encoding_of_which_nothing_is_kept_has_no_segment() -> None:
    block = decode([*events_as_json(EVENTS[:1]), avro(EVENTS[0])], [None, AVRO]).block
    found = segments.encode(block, block.offsets == 101, slots_of(2), PLAN, BIG)
    assert [segments.decode(value).encoding.kind for value in found] == ["avro"]


def test_rewritten_concepts_travel_beside_the_payload_also_where_segments_are_divided() -> None:
    lists = [[{"id": "x", "value": row / 10}] * (row % 3) for row in range(8)]
    block = block_of([{"metadata": {"text": "x" * 2_000}}] * 8)
    kept = np.arange(8) != 4
    values = segments.encode(block, kept, slots_of(8), PLAN, 8_000, concept_column(lists))
    assert len(values) > 1
    found = [row for value in values for row in segments.decode(value).batch["concepts"].to_pylist()]
    assert found == [row for place, row in enumerate(rows_of(concept_column(lists))) if place != 4]


@pytest.mark.parametrize("end", [0, 3, 40, 400])
def test_what_is_no_whole_segment_is_refused(end: int) -> None:
    (value,) = segments.encode(block_of([{}]), np.ones(1, np.bool_), slots_of(1), PLAN, BIG)
    with pytest.raises((pa.ArrowInvalid, OSError)):
        segments.decode(value[:end])


def test_an_arrow_stream_of_another_origin_is_no_segment() -> None:
    with pytest.raises(KeyError):
        segments.decode(arrow_stream(pa.table({"a": [1]})))


def test_equal_rows_make_equal_bytes() -> None:
    first, second = (
        segments.encode(block_of([{"id": "a"}, {"id": "b"}]), np.ones(2, np.bool_), slots_of(2), PLAN, BIG)
        for _ in range(2)
    )
    assert first == second
