"""Windows that are open for long: a restart takes their rows from copies, and reads the rest of the log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, assert_exact, pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, recent_hour_ms

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

COPY_BYTES = 500_000
HOURLY = Asked("hourly", interval_ms=3_600_000)


@pytest.fixture
def traffic(broker: Broker, topic_prefix: str) -> TrafficState:
    """Nothing is sent yet; all events will be of one hour."""
    return TrafficState(broker.bootstrap_servers, f"{topic_prefix}predictions", PARTITIONS, recent_hour_ms(5), 120)


@pytest.fixture
def run(broker: Broker, topic_prefix: str, tmp_path: Path, traffic: TrafficState) -> Iterator[PipelineState]:
    """No worker runs yet."""
    environ = {"STREAMS_WINDOWS_COPY_BYTES": str(COPY_BYTES)}
    arguments = (broker.bootstrap_servers, traffic.topic, f"{topic_prefix}run", tmp_path, [HOURLY])
    with pipeline(*arguments, environ=environ) as made:
        yield made


def test_a_restart_needs_copies_and_the_end_of_the_log_alone(run: PipelineState, traffic: TrafficState) -> None:
    worker = run.start("collect,window", STREAMS_WINDOWS_IDLE_AFTER_S="3600")
    for _ in range(2):
        traffic.send(6_000)
        traffic.flush()
        run.wait_for_offsets(len(traffic.events))
        run.wait_until(lambda: bytes_to_read(run) < COPY_BYTES, "a restart reads the end of the log alone")
    assert sum(len(record.value() or b"") for record in run.records("collected")) > 6 * COPY_BYTES
    worker.kill()
    forget_what_is_copied(run)

    run.start()
    assert_exact(run, traffic.events)


def restarts(run: PipelineState) -> dict[int, int]:
    """Where the window stage would begin to read, by partition of `collected`."""
    group, admin = run.group("window"), AdminClient({"bootstrap.servers": run.servers})
    found = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)], request_timeout=30)
    return {each.partition: each.offset for each in found[group].result().topic_partitions if each.offset > 0}


def bytes_to_read(run: PipelineState) -> int:
    begin = restarts(run)
    records = run.records("collected")
    return sum(len(each.value() or b"") for each in records if (each.offset() or 0) >= begin.get(each.partition(), 0))


def forget_what_is_copied(run: PipelineState) -> None:
    """As retention would."""
    places = [TopicPartition(run.topic("collected"), *place) for place in restarts(run).items()]
    admin = AdminClient({"bootstrap.servers": run.servers})
    for place, deleted in admin.delete_records(places).items():
        assert deleted.result(30).low_watermark == place.offset > 0
