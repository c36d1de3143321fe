"""A broker of one's own: it serves, comes back as itself, and never outlives who started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.kafka.local_broker import (
    GivenBroker,
    LocalBrokerError,
    LocalBrokerProcess,
    LocalBrokerSpec,
    broker_from_environment,
)

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def own_broker() -> Iterator[LocalBrokerProcess]:
    """A broker that these tests may take down."""
    with LocalBrokerProcess(LocalBrokerSpec(heap_mib=512)) as running:
        yield running


def create_topic(bootstrap_servers: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    for created in admin.create_topics([NewTopic(topic, 1)]).values():
        created.result(30)


def produce_in_transactions(bootstrap_servers: str, topic: str) -> None:
    """One record committed, one aborted."""
    producer = Producer({"bootstrap.servers": bootstrap_servers, "transactional.id": topic})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topic, b"committed")
    producer.commit_transaction(30)
    producer.begin_transaction()
    producer.produce(topic, b"aborted")
    producer.flush(30)
    producer.abort_transaction(30)


def read_committed(bootstrap_servers: str, topic: str) -> list[bytes]:
    """All committed values of the topic's only partition, up to its end."""
    settings = {"bootstrap.servers": bootstrap_servers, "group.id": topic, "enable.partition.eof": True}
    consumer = Consumer({**settings, "auto.offset.reset": "earliest", "isolation.level": "read_committed"})
    consumer.assign([TopicPartition(topic, 0, 0)])
    values = []
    while (message := consumer.poll(30)) is not None and message.error() is None:
        values.append(message.value())
    consumer.close()
    return values


def test_what_was_committed_outlives_a_restart_and_a_kill(own_broker: LocalBrokerProcess) -> None:
    topic, servers = f"kept-{uuid4().hex}", own_broker.bootstrap_servers
    create_topic(servers, topic)
    produce_in_transactions(servers, topic)
    assert read_committed(servers, topic) == [b"committed"]
    own_broker.restart()
    assert own_broker.bootstrap_servers == servers
    assert read_committed(servers, topic) == [b"committed"]
    own_broker.kill()
    assert own_broker.pid is None
    own_broker.start()
    assert read_committed(servers, topic) == [b"committed"]


def test_a_topic_nobody_created_is_an_error(own_broker: LocalBrokerProcess) -> None:
    admin = AdminClient({"bootstrap.servers": own_broker.bootstrap_servers})
    topic = f"missing-{uuid4().hex}"
    asked = admin.list_topics(topic, timeout=30).topics[topic]
    assert asked.error is not None
    assert topic not in admin.list_topics(timeout=30).topics


def test_a_parent_that_is_killed_leaves_neither_broker_nor_data(tmp_path: Path) -> None:
    program = (
        "import time; from streams.kafka.local_broker import LocalBrokerProcess\n"
        "broker = LocalBrokerProcess(); broker.start(); print(broker.pid, broker.folder, flush=True)\n"
        "time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert parent.stdout is not None
    group, folder = parent.stdout.readline().split()
    assert Path(folder).is_dir()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until_gone(int(group), Path(folder))


def wait_until_gone(group: int, folder: Path) -> None:
    deadline = time.monotonic() + 30
    while group_lives(group) or folder.exists():
        assert time.monotonic() < deadline, f"process group {group} or {folder} is still there"
        time.sleep(0.1)


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_broker_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    spec = LocalBrokerSpec(data_folder=tmp_path, properties={"log.segment.bytes": "no number"})
    with pytest.raises(LocalBrokerError, match=r"(?s)could not be formatted.*log\.segment\.bytes"):
        LocalBrokerProcess(spec).start()


def test_without_java_maven_docker_or_a_given_broker_the_error_names_all_remedies(tmp_path: Path) -> None:
    with pytest.raises(LocalBrokerError, match=r"(?s)Java 17.*Docker.*KAFKA_BOOTSTRAP_SERVERS"):
        broker_from_environment({"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)})


def test_an_old_java_is_refused_with_its_version(tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    with pytest.raises(LocalBrokerError, match="is Java 11, Kafka needs 17"):
        broker_from_environment({"PATH": f"{tmp_path}:/bin", "XDG_CACHE_HOME": str(tmp_path)})


def test_a_given_broker_is_used_and_never_taken_down() -> None:
    given = broker_from_environment({"KAFKA_BOOTSTRAP_SERVERS": "one:9092,two:9092"})
    assert given == GivenBroker("one:9092,two:9092")
    with given:
        pass
    with pytest.raises(LocalBrokerError, match="cannot be taken down: unset KAFKA_BOOTSTRAP_SERVERS"):
        given.kill()
