"""What `streams produce` writes is what the collect stage reads, in every encoding."""

import numpy as np
import pytest

from streams.cli.event_messages import EventEncoding, of_tables
from streams.core.events.decode import Decoded, Decoder
from streams.core.events.limits import Limits
from streams.core.events.messages import RawMessages
from streams.core.events.projection import Projection
from streams.core.traffic import TrafficPlan, traffic
from streams.kafka.schemas import read_shipped, shipped_schemas

EVENTS = next(traffic(TrafficPlan(300, 1_795_219_200_000, 1_795_222_800_000, seed=1)))
LOOK_AT = Projection(concepts=True, metadata=frozenset({"region"}), features=frozenset({"amount", "email_domain"}))


def read(encoding: EventEncoding) -> Decoded:
    messages = of_tables(encoding, events_per_message=70)(EVENTS)
    count = len(messages)
    raw = RawMessages(
        topic="predictions",
        values=[message.value for message in messages],
        partitions=np.zeros(count, np.int32),
        offsets=np.arange(count, dtype=np.int64),
        timestamps_ms=np.zeros(count, np.int64),
        headers=[list(message.headers) for message in messages],
    )
    return Decoder().decode(raw, LOOK_AT, read_shipped(shipped_schemas()), Limits())


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
