"""What `streams produce` writes is what the collect stage reads, in every encoding."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from streams.cli import event_sources
from streams.cli.event_messages import EventEncoding, of_tables
from streams.core.events.decode import Decoded, Decoder
from streams.core.events.encode import labels_of_rows
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.projection import Projection
from streams.core.labels.decode import LabelDecoder
from streams.core.traffic import TrafficPlan, traffic
from streams.kafka.producing import Produced
from streams.kafka.schemas import LABEL, read_shipped, shipped_schemas

EVENTS = next(traffic(TrafficPlan(300, 1_795_219_200_000, 1_795_222_800_000, seed=1)))
LOOK_AT = Projection(concepts=True, metadata=frozenset({"region"}), features=frozenset({"amount", "email_domain"}))


def read(encoding: EventEncoding) -> Decoded:
    raw = _raw(of_tables(encoding, events_per_message=70)(EVENTS))
    return Decoder().decode(raw, LOOK_AT, read_shipped(shipped_schemas()), Limits())


def _raw(messages: Sequence[Produced]) -> RawMessages:
    count = len(messages)
    return RawMessages(
        topic="predictions",
        values=[message.value for message in messages],
        partitions=np.zeros(count, np.int32),
        offsets=np.arange(count, dtype=np.int64),
        timestamps_ms=np.zeros(count, np.int64),
        headers=[list(message.headers) for message in messages],
    )


@pytest.mark.parametrize("encoding", list(EventEncoding))
def test_every_event_that_is_written_is_read_with_its_values(encoding: EventEncoding) -> None:
    found = read(encoding)

    assert found.rejects == ()
    block = found.block
    expected = EVENTS.to_pylist()
    assert block.ids.to_pylist() == [event["id"] for event in expected]
    assert block.callers.to_pylist() == [event["caller"] for event in expected]
    assert block.model_ids.to_pylist() == [event["model"]["id"] for event in expected]
    assert block.features["amount"].number.tolist() == [event["features"]["amount"] for event in expected]
    assert block.features["email_domain"].text.to_pylist() == [event["features"]["email_domain"] for event in expected]
    assert block.metadata["region"].text.to_pylist() == [event["metadata"]["region"] for event in expected]
    assert block.concepts is not None
    assert block.concepts.values.tolist() == [concept["value"] for event in expected for concept in event["concepts"]]
    assert block.event_times_ms.tolist() == [
        int(np.datetime64(event["time"].removesuffix("Z"), "ms").astype(np.int64)) for event in expected
    ]


@pytest.mark.parametrize("encoding", [EventEncoding.JSON, EventEncoding.AVRO])
def test_an_event_goes_where_its_id_says(encoding: EventEncoding) -> None:
    messages = of_tables(encoding, events_per_message=70)(EVENTS)

    assert [message.key for message in messages] == [each.encode() for each in EVENTS["id"].to_pylist()]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_labels_of_a_table_are_read_as_labels(tmp_path: Path, kind: str) -> None:
    table = pa.table(
        {"transaction": ["a", "b"], "was": [1, 0], "time": ["2026-11-20T10:00:00Z", None], "other": [1, 2]}
    )
    file = tmp_path / f"truth.{kind}"
    csv.write_csv(table, file) if kind == "csv" else parquet.write_table(table, file)
    blocks = event_sources.tables(file, kind, lambda rows: labels_of_rows(rows, "transaction", "was", "time"))
    messages = [each for block in blocks for each in of_tables(EventEncoding.JSON, 1)(block)]

    found = LabelDecoder().decode(_raw(messages), read_shipped(shipped_schemas(), LABEL), Limits())

    assert found.rejects == ()
    assert found.table["id"].to_pylist() == ["a", "b"]
    assert [each["number"] for each in found.table["target"].to_pylist()] == [1.0, 0.0]
    assert found.table["time_ms"].to_pylist() == [1_795_168_800_000, 0]
    assert [each.key for each in messages] == [b"a", b"b"]


def test_a_table_without_a_column_of_truth_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="no column 'target' among id, was: name it by --target-column"):
        labels_of_rows(pa.table({"id": ["a"], "was": [1]}), "id", "target", "time")
