from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.batches.rows import batch_rows
from streams.core.segments import Segment
from tests.core.batches.closed_windows import collector_of, decoded, segments_of
from tests.core.blocks import block_of
from tests.core.events.chunks import arrow_stream, avro, events_as_json
from tests.core.events.test_many_events import AVRO, EVENTS, NESTED

PLACES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 1)), unique=True, min_size=1)
WHEREABOUTS = {"id", "time", "record_time", "partition", "offset", "index", "slot_time", "late", "id_hash"}


def table_of(segments: list[Segment], *, by_arrival: bool = False) -> pa.Table:
    """Rows of which each can be parsed."""
    found = batch_rows(segments, by_arrival=by_arrival)
    assert found.refused == ()
    return found.table


def event(place: tuple[int, int, int], time: int) -> dict[str, Any]:
    partition, offset, index = place
    return {"id": f"{place}", "time": time, "record_time": 9, "partition": partition, "offset": offset, "index": index}


def scattered(events: list[dict[str, Any]], seed: int, **parts: Any) -> list[Segment]:
    """Events in segments of any size, in any order."""
    chance = Random(seed)
    chance.shuffle(events)
    collector = collector_of(allowed_lateness="1h", **parts)
    found: list[Segment] = []
    while events:
        size = chance.randint(1, len(events))
        found += segments_of(collector, block_of(events[:size]))
        events = events[size:]
    return found


@settings(max_examples=25)
@given(PLACES, st.integers(0, 2**32))
def test_rows_stand_by_time_and_place_however_segments_came(places: list[tuple[int, int, int]], seed: int) -> None:
    events = [event(place, sum(place) % 3) for place in places]
    expected = [f"{place}" for place in sorted(places, key=lambda place: (sum(place) % 3, place))]
    assert table_of(scattered(events, seed))["id"].to_pylist() == expected


@settings(max_examples=25)
@given(PLACES, st.integers(0, 2**32))
def test_rows_in_order_of_arrival_stand_as_in_the_log(places: list[tuple[int, int, int]], seed: int) -> None:
    parts = scattered([event(place, sum(place) % 3) for place in places], seed)
    in_log = [row for part in parts for row in part.batch["id"].to_pylist()]
    assert table_of(parts, by_arrival=True)["id"].to_pylist() == in_log


def test_arrival_holds_across_encodings_too() -> None:
    collector = collector_of()
    values = [*events_as_json(EVENTS[:2]), *(avro(one) for one in EVENTS[:2])]
    blocks = [decoded(collector, [values[at]], [None if at < 2 else AVRO]) for at in (3, 0, 2, 1)]
    parts = [part for block in blocks for part in segments_of(collector, block)]
    assert table_of(parts, by_arrival=True)["model.id"].to_pylist() == ["n", "m", "m", "n"]


def test_an_event_is_the_same_row_from_json_avro_and_arrow() -> None:
    collector = collector_of()
    values = [*events_as_json(EVENTS[:2]), *(avro(one) for one in EVENTS[:2]), arrow_stream(NESTED)]
    parts = segments_of(collector, decoded(collector, values, [*[None] * 2, *[AVRO] * 2, None]))
    assert sorted(part.encoding.kind for part in parts) == ["arrow", "avro", "json"]
    in_order = sorted(table_of(parts).to_pylist(), key=lambda row: (row["offset"], row["index"]))
    rows = [{name: value for name, value in row.items() if name not in WHEREABOUTS} for row in in_order]
    assert rows[0:2] == rows[2:4] == rows[4:6]
    assert (rows[0]["metadata.tier"], rows[0]["features.g"]) == (3, True)
    assert rows[0]["concepts"] == [
        {"id": "cat", "name": None, "value": 0.5},
        {"id": None, "name": "dog", "value": 0.25},
    ]


def test_columns_of_other_types_in_other_encodings_are_promoted() -> None:
    collector = collector_of()
    given_events = [{"model": {"id": "m"}, "prediction": value} for value in (1, "yes")]
    block = decoded(collector, [*events_as_json(given_events[:1]), avro(given_events[1])], [None, AVRO])
    predictions = table_of(segments_of(collector, block))["prediction"]
    assert predictions.to_pylist() == ["1", '"yes"']


def test_a_batch_shows_the_concepts_that_operators_wrote() -> None:
    mapping = {
        "type": "concept_mapping",
        "concepts": ["animal"],
        "relations": [{"subject": "cat", "predicate": "hyponym", "object": "animal"}],
    }
    collector = collector_of(operators=[mapping])
    values = [*events_as_json(EVENTS), avro(EVENTS[0]), arrow_stream(NESTED)]
    parts = segments_of(collector, decoded(collector, values, [*[None] * 3, AVRO, None]))
    assert sorted({part.encoding.kind for part in parts}) == ["arrow", "avro", "json"]
    rows = table_of(parts)
    assert rows["concepts"].to_pylist() == [[{"id": "animal", "name": None, "value": 0.5}]] * 3
    assert rows["features.f"].to_pylist() == [1.5] * 3


def test_hashes_go_with_their_rows() -> None:
    events = [event((0, offset, 0), 3 - offset) for offset in range(4)]
    (part,) = segments_of(collector_of(), block_of(events))
    rows = table_of([part])
    of_ids = dict(zip(part.batch["id"].to_pylist(), part.batch["id_hash"].to_pylist(), strict=True))
    assert [of_ids[one] for one in rows["id"].to_pylist()] == rows["id_hash"].to_pylist()
    assert np.all(np.diff(rows["slot_time"].to_numpy()) >= 0)
