"""What a row provokes when its window closes costs that row; what rows provoke only together costs their batch."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from streams.core.batches import build, rows
from streams.core.batches.build import Batch, build_batch
from streams.core.batches.manifest import encode_manifest
from streams.core.events.encoding import Encoding
from streams.core.events.parse import PayloadParserState
from streams.core.events.parsed import ParsedEvents
from tests.core.batches.closed_windows import collector_of, decoded, segments_of, table_in, window_of
from tests.core.events.chunks import arrow_stream, avro, decode, events_as_json
from tests.core.events.test_many_events import AVRO

EVENTS = [{"id": f"e{number}", "model": {"id": "bad" if number in (3, 4, 9) else "m"}} for number in range(12)]
PARSE = PayloadParserState.parse
COUNTED = {"caller": 2}


@pytest.fixture(autouse=True)
def breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing fails where a block holds an event of model `bad`."""

    def parse(self: PayloadParserState, payloads: pa.Array, encoding: Encoding) -> ParsedEvents:
        if "bad" in str(payloads.to_pylist()):
            raise RuntimeError("a fault of the parser")
        return PARSE(self, payloads, encoding)

    monkeypatch.setattr(PayloadParserState, "parse", parse)


def batch_of(*values: bytes, **parts: Any) -> Batch:
    collector = collector_of(**parts)
    headers = [None if value[:1] in b"{\xff" else AVRO for value in values]
    return build_batch(window_of(collector, segments_of(collector, decoded(collector, values, headers)), COUNTED))


def ids_in(batch: Batch) -> list[str]:
    table = table_in(batch)
    return [] if table is None else table["id"].to_pylist()


def test_the_rows_at_fault_are_refused_and_counted_and_the_others_are_the_batch() -> None:
    batch = batch_of(*events_as_json(EVENTS))
    assert ids_in(batch) == ["e0", "e1", "e2", "e5", "e6", "e7", "e8", "e10", "e11"]
    assert (batch.manifest.rows, batch.manifest.dropped) == (9, {"caller": 2, "unprocessable": 3})
    assert [(row.partition, row.offset, row.index) for row in batch.refused] == [(3, 103, 0), (3, 104, 0), (3, 109, 0)]
    assert {str(row.error) for row in batch.refused} == {"a fault of the parser"}
    assert [row.event() for row in batch.refused] == events_as_json([EVENTS[3], EVENTS[4], EVENTS[9]])


def test_types_are_those_of_the_rows_that_are_left() -> None:
    events = [{**event, "prediction": "text" if event["model"]["id"] == "bad" else 1} for event in EVENTS]
    assert table_in(batch_of(*events_as_json(events)))["prediction"].type == pa.int64()


@pytest.mark.parametrize("cuts", [(1,), (4, 5, 10)])
def test_how_rows_were_divided_into_segments_does_not_show(cuts: tuple[int, ...]) -> None:
    collector = collector_of()
    (whole,) = segments_of(collector, decoded(collector, events_as_json(EVENTS)))
    divided = [replace(whole, batch=whole.batch[start:end]) for start, end in pairwise([0, *cuts, len(EVENTS)])]
    one, other = (build_batch(window_of(collector, parts)) for parts in ([whole], divided[::-1]))
    assert one.objects == other.objects
    assert encode_manifest(one.manifest) == encode_manifest(other.manifest)
    assert [row.offset for row in one.refused] == [row.offset for row in other.refused]


def test_refused_rows_of_every_encoding_can_be_read_again() -> None:
    event = {"id": "e", "model": {"id": "bad"}}
    stream = arrow_stream(pa.table({"id": ["e", "f"], "model": [{"id": "bad"}, {"id": "m"}]}))
    batch = batch_of(*events_as_json([event]), avro(event), stream)
    assert ids_in(batch) == ["f"]
    assert [row.encoding.kind for row in batch.refused] == ["json", "avro", "arrow"]
    for row in batch.refused:
        header = AVRO if row.encoding.kind == "avro" else None
        assert decode([row.event()], [header]).block.ids.to_pylist() == ["e"]


def test_a_batch_of_nothing_but_refused_rows_says_so() -> None:
    batch = batch_of(*events_as_json([EVENTS[3]]))
    assert (batch.manifest.rows, batch.objects) == (0, ())
    assert batch.manifest.dropped == {"caller": 2, "unprocessable": 1}


@pytest.mark.parametrize("broken", ["flat_rows", "parquet_bytes", "parse_window_operator"])
def test_what_rows_provoke_only_together_costs_the_batch_its_rows(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("a fault of them all")

    monkeypatch.setattr(rows if broken == "flat_rows" else build, broken, fails)
    batch = batch_of(*events_as_json(EVENTS), operators=[{"type": "reservoir_sample", "rows": 3}])
    assert (batch.manifest.rows, batch.manifest.late_rows, batch.objects) == (0, 0, ())
    assert batch.manifest.dropped == {"caller": 2, "unprocessable": len(EVENTS)}
    assert [row.offset for row in batch.refused] == list(range(100, 100 + len(EVENTS)))


def test_rows_that_fail_only_beside_each_other_are_all_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(self: PayloadParserState, payloads: pa.Array, encoding: Encoding) -> ParsedEvents:
        if {"e0", "e11"} <= {value.decode()[8:].partition('"')[0] for value in payloads.to_pylist()}:
            raise RuntimeError("a fault of two")
        return PARSE(self, payloads, encoding)

    monkeypatch.setattr(PayloadParserState, "parse", parse)
    batch = batch_of(*events_as_json(EVENTS))
    assert batch.manifest.dropped["unprocessable"] == len(batch.refused) == len(EVENTS)


def test_a_lack_of_memory_is_no_events_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise pa.ArrowMemoryError("out of memory")

    monkeypatch.setattr(PayloadParserState, "parse", fails)
    with pytest.raises(MemoryError):
        batch_of(*events_as_json(EVENTS))


def test_where_no_row_is_refused_nothing_is_counted() -> None:
    assert batch_of(*events_as_json(EVENTS[:2])).manifest.dropped == COUNTED
