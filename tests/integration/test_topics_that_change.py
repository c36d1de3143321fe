"""Topics that change under a running pipeline: more partitions, a topic that is gone, a right that is missing.

The broker checks access; it belongs to these tests alone.
"""

from collections.abc import Iterator, Mapping

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
from tests.integration.audited import assert_accounted
from tests.integration.oracle import Event
from tests.integration.pipeline import PipelineState
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
def servers(own_broker: LocalBrokerProcess) -> str:
    return own_broker.bootstrap_servers


@pytest.fixture
def environ() -> Mapping[str, str]:
    return QUICK


@pytest.fixture
def traffic(servers: str, topic_prefix: str) -> TrafficState:
    made = TrafficState(servers, f"{topic_prefix}predictions", PARTITIONS, recent_hour_ms(5), 120)
    made.send(EVENTS)
    made.flush()
    return made


def test_partitions_that_are_added_are_taken_up_and_accounted_for(run: PipelineState) -> None:
    run.start()
    run.wait_for_offsets(EVENTS)
    grow(run, run.predictions, PARTITIONS + 1)
    send(run, PARTITIONS, 100)
    run.wait_for_offsets(EVENTS + 100)
    run.stop()

    read = {each["partition"]: each["events"] for each in assert_accounted(run)["sources"]}
    old = {f"{run.predictions}-{partition}": EVENTS // PARTITIONS for partition in range(PARTITIONS)}
    assert read == {**old, f"{run.predictions}-{PARTITIONS}": 100}


def test_a_topic_that_is_gone_stops_the_worker_with_its_name(run: PipelineState) -> None:
    worker = run.start("collect")
    run.wait_for_offsets(EVENTS)
    delete(run, run.predictions)
    assert f"topic {run.predictions} is not there any more" in last_of(worker)


def test_an_output_topic_that_is_gone_stops_the_worker_with_its_name(run: PipelineState, traffic: TrafficState) -> None:
    worker = run.start("collect")
    run.wait_for_offsets(EVENTS)
    delete(run, run.topic("collected"))
    traffic.send(100)
    traffic.flush()
    assert f"topic {run.topic('collected')} is not there any more" in last_of(worker)


def test_a_right_to_read_that_is_taken_away_stops_the_worker_with_what_to_grant(run: PipelineState) -> None:
    worker = run.start("collect")
    run.wait_for_offsets(EVENTS)
    allow(run, ResourceType.TOPIC, run.predictions, AclOperation.DESCRIBE)
    said = last_of(worker)
    assert f"no right to read, write or describe topic {run.predictions}" in said
    assert f"--topic {run.predictions}" in said


def test_a_right_to_write_that_is_missing_stops_the_worker_with_what_to_grant(run: PipelineState) -> None:
    allow(run, ResourceType.TOPIC, run.topic("collected"), AclOperation.DESCRIBE)
    said = last_of(run.start("collect"))
    assert f"no right to read, write or describe topic {run.topic('collected')}: grant it" in said
    assert f"--operation Write --operation Describe --topic {run.topic('collected')}" in said
    assert run.committed("collect", run.predictions) == 0


def test_a_user_without_a_right_to_its_transactions_is_told_what_to_grant(run: PipelineState) -> None:
    name = f"{run.group('collect')}-w0"
    allow(run, ResourceType.TRANSACTIONAL_ID, name, AclOperation.DESCRIBE)
    said = last_of(run.start("collect"))
    assert f"no right to write transactions of {name}: grant it" in said
    assert "--operation Write --operation Describe --resource-pattern-type prefixed --transactional-id " in said


def test_a_user_without_a_right_to_its_group_is_told_what_to_grant(run: PipelineState) -> None:
    allow(run, ResourceType.GROUP, run.group("collect"), AclOperation.DESCRIBE)
    said = last_of(run.start("collect"))
    assert "no right to use a consumer group" in said
    assert "--operation Read --resource-pattern-type prefixed --group " in said


def test_partitions_that_are_added_to_collected_stop_the_stages_that_count_on_it(run: PipelineState) -> None:
    worker = run.start("collect,window")
    run.wait_for_offsets(EVENTS)
    grow(run, run.topic("collected"), 5)
    said = f"{run.topic('collected')} has 5 partitions, {run.topic('window-progress')} has 4: they have to be as many"
    assert said in last_of(worker)
    assert said in last_of(run.start("collect"))


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


def grow(run: PipelineState, topic: str, partitions: int) -> None:
    admin = AdminClient({"bootstrap.servers": run.servers})
    for grown in admin.create_partitions([NewPartitions(topic, partitions)]).values():
        grown.result(30)


def delete(run: PipelineState, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": run.servers})
    for deleted in admin.delete_topics([topic]).values():
        deleted.result(30)


def allow(run: PipelineState, kind: ResourceType, name: str, operation: AclOperation) -> None:
    """This and nothing else: what has no rule at all is open to everybody."""
    binding = AclBinding(kind, name, ResourcePatternType.LITERAL, "User:*", "*", operation, AclPermissionType.ALLOW)
    admin = AdminClient({"bootstrap.servers": run.servers})
    for created in admin.create_acls([binding]).values():
        created.result(30)
