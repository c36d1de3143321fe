"""Topics that change under a running pipeline: more partitions, a topic that is gone, a right that is taken away.

The broker checks access; it belongs to these tests alone.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewPartitions,
    ResourcePatternType,
    ResourceType,
)

from streams.kafka.local_broker import LocalBrokerProcess, LocalBrokerSpec
from tests.integration.oracle import Event
from tests.integration.pipeline import MIXED, PipelineState, pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, encode, recent_hour_ms
from tests.integration.worker_process import WorkerProcess

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

EVENTS = 2_000
CHECKS_ACCESS = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}
QUICK = {"KAFKA_TOPIC_METADATA_REFRESH_INTERVAL_MS": "500", "KAFKA_TOPIC_METADATA_PROPAGATION_MAX_MS": "1000"}


@pytest.fixture(scope="module")
def own_broker() -> Iterator[LocalBrokerProcess]:
    with LocalBrokerProcess(LocalBrokerSpec(heap_mib=512, properties=CHECKS_ACCESS)) as running:
        yield running


@pytest.fixture
def run(own_broker: LocalBrokerProcess, topic_prefix: str, tmp_path: Path) -> Iterator[PipelineState]:
    """Two thousand events are there, and no worker runs yet."""
    servers = own_broker.bootstrap_servers
    traffic = TrafficState(servers, f"{topic_prefix}predictions", PARTITIONS, recent_hour_ms(5), 120)
    traffic.send(EVENTS)
    traffic.flush()
    with pipeline(servers, traffic.topic, f"{topic_prefix}run", tmp_path, MIXED, environ=QUICK) as made:
        yield made


def test_partitions_that_are_added_are_taken_up_and_accounted_for(run: PipelineState) -> None:
    run.start()
    run.wait_for_offsets(EVENTS)
    AdminClient({"bootstrap.servers": run.servers}).create_partitions([NewPartitions(run.predictions, PARTITIONS + 1)])
    send(run, PARTITIONS, 100)
    run.wait_for_offsets(EVENTS + 100)
    run.stop()

    audited = run.command("audit", "--output", "json")
    assert audited.code == 0, audited.everything
    read = {each["partition"]: each["events"] for each in audited.json["sources"]}
    assert read == {**dict.fromkeys(range(PARTITIONS), EVENTS // PARTITIONS), PARTITIONS: 100}


def test_a_topic_that_is_gone_stops_the_worker_with_its_name(run: PipelineState) -> None:
    worker = run.start("collect")
    run.wait_for_offsets(EVENTS)
    for deleted in AdminClient({"bootstrap.servers": run.servers}).delete_topics([run.predictions]).values():
        deleted.result(30)
    assert f"topic {run.predictions} is not there any more" in last_of(worker)


def test_a_right_to_read_that_is_taken_away_stops_the_worker_with_what_to_grant(run: PipelineState) -> None:
    worker = run.start("collect")
    run.wait_for_offsets(EVENTS)
    deny(run.servers, run.predictions, AclOperation.READ)
    said = last_of(worker)
    assert f"no right to read, write or describe topic {run.predictions}" in said
    assert f"--topic {run.predictions}" in said


def test_a_right_to_write_that_is_missing_stops_the_worker_with_what_to_grant(run: PipelineState) -> None:
    deny(run.servers, run.topic("collected"), AclOperation.WRITE)
    said = last_of(run.start("collect"))
    assert "no right to read, write or describe" in said
    assert run.topic("collected") in said
    assert run.committed("collect", run.predictions) == 0


def last_of(worker: WorkerProcess) -> str:
    """What a worker said that could not go on."""
    assert worker.wait(60) == 1
    return worker.log.read_text()


def send(run: PipelineState, partition: int, number: int) -> None:
    producer = Producer({"bootstrap.servers": run.servers, "topic.metadata.refresh.interval.ms": 200})
    for offset in range(number):
        event = Event(partition, offset, f"new{offset}", recent_hour_ms(5) + offset, "m1", 0.5)
        producer.produce(run.predictions, encode(event), partition=partition)
    assert producer.flush(30) == 0


def deny(servers: str, topic: str, operation: AclOperation) -> None:
    everybody = ("User:*", "*")
    binding = AclBinding(
        ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, *everybody, operation, AclPermissionType.DENY
    )
    for created in AdminClient({"bootstrap.servers": servers}).create_acls([binding]).values():
        created.result(30)
