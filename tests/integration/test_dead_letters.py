"""Dead letters on a real broker: listed, replayed once and only once, and kept from draining a topic."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from streams.kafka import client_config
from streams.kafka.clients import open_transaction
from streams.kafka.connection import Connection
from streams.kafka.dead_letter_replay import read_dead_letters, replay_dead_letters
from streams.kafka.dead_letters import DeadLetter
from streams.kafka.errors import KafkaStageError
from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import create_topics

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

ALL = Asked("all", interval_ms=300_000)
SMALL = {"STREAMS_LIMITS_MAX_EVENT_BYTES": "2000"}


@pytest.fixture
def run(broker: Broker, topic_prefix: str, tmp_path: Path) -> Iterator[PipelineState]:
    """A topic of one partition; no worker runs yet."""
    topic = f"{topic_prefix}predictions"
    create_topics(broker.bootstrap_servers, {topic: 1})
    with pipeline(broker.bootstrap_servers, topic, f"{topic_prefix}run", tmp_path, (ALL,)) as made:
        yield made


def send(run: PipelineState, *values: bytes) -> None:
    producer = Producer({"bootstrap.servers": run.servers})
    for value in values:
        producer.produce(run.predictions, value, b"key", headers=[("trace", b"1"), ("trace", b"2")])
    assert producer.flush(30) == 0


def dead_letters(run: PipelineState, *arguments: str) -> list[dict]:
    ran = run.command("dead-letters", *arguments, "--output", "json")
    assert ran.code == 0, ran.everything
    return ran.json


def test_a_message_is_replayed_once_and_counts_its_attempts(run: PipelineState) -> None:
    long = json.dumps({"id": "long", "model": {"id": "m1"}, "input": {"data": "x" * 3_000}}).encode()
    send(run, b'{"id": "short", "model": {"id": "m1"}}', long, b"{broken")
    worker = run.start("collect", **SMALL)
    run.wait_for_offsets(3)
    run.stop()
    assert not worker.running

    oversized, malformed = dead_letters(run, "list")
    assert ("TooLargeError" in oversized["class"], "MalformedError" in malformed["class"]) == (True, True)
    shown = run.command("dead-letters", "show", oversized["place"], "--output", "json").json
    assert (shown["bytes"], shown["headers"]) == (len(long), [["trace", "1"], ["trace", "2"]])

    assert dead_letters(run, "replay") == [oversized, malformed]  # only says so
    assert len(run.records_of(run.predictions)) == 3
    assert run.command("dead-letters", "replay", "--execute", "--output", "json").json == {"replayed": 2}
    assert run.command("dead-letters", "replay", "--execute", "--output", "json").json == {"replayed": 0}

    again = run.records_of(run.predictions)[3:]
    assert [(each.value(), each.key()) for each in again] == [(long, b"key"), (b"{broken", b"key")]
    assert again[0].headers() == [("trace", b"1"), ("trace", b"2"), ("streams-attempts", b"1")]
    run.start("collect")
    run.wait_until(lambda: dead_letters(run, "list") != [], "the malformed one dies again")
    run.stop()
    (died,) = dead_letters(run, "list")
    assert (died["attempts"], died["offset"]) == (1, again[1].offset())
    assert dead_letters(run, "replay", "--max-attempts", "1") == []
    assert run.command("audit", "--output", "json").json["sources"][0]["dead"] == 3


def test_messages_of_any_size_and_headers_die_and_their_neighbours_are_collected(run: PipelineState) -> None:
    """Brokers measure compressed messages as they come: a small one may be of many megabytes. And `dead-letters` takes
    no more here than `predictions`, so that a message as large as can be has no room for the reason of its death.
    """
    producer = Producer({"bootstrap.servers": run.servers, "message.max.bytes": 30_000_000, "compression.type": "gzip"})
    plain = Producer({"bootstrap.servers": run.servers, "message.max.bytes": 1_048_588})
    plain.produce(run.predictions, b"{" * (1_048_588 - 80))
    producer.produce(run.predictions, b"x" * 20_000_000, b"key", headers=[("trace", b"1")])
    producer.produce(run.predictions, b"{broken", b"key", headers=[("large", b"y" * 5_000_000)])
    producer.produce(run.predictions, b"{broken", b"k" * 5_000_000)
    producer.produce(run.predictions, b'{"id": "good", "model": {"id": "m1"}}')
    assert producer.flush(60) == plain.flush(60) == 0

    run.start("collect")
    run.wait_for_offsets(5)
    run.stop()

    letters = dead_letters(run, "list")
    assert len(letters) == 4
    told = [dead_letters(run, "show", each["place"])["cut"] for each in letters]
    for words in ("of the value's 1048508 bytes", "of the value's 20000000 bytes", "1 headers", "key of 5000000 bytes"):
        assert sum(words in each for each in told) == 1, told
    assert dead_letters(run, "replay") == []
    assert run.command("audit", "--output", "json").json["sources"][0]["dead"] == 4


def test_a_letter_as_large_as_can_be_is_replayed(run: PipelineState) -> None:
    size = 1_048_588 - 80
    plain = Producer({"bootstrap.servers": run.servers, "message.max.bytes": 1_048_588})
    plain.produce(run.predictions, b"{" * size)
    assert plain.flush(60) == 0
    admin = AdminClient({"bootstrap.servers": run.servers})
    wide = ConfigEntry("max.message.bytes", "1114124", incremental_operation=AlterConfigOpType.SET)
    topic = ConfigResource(ResourceType.TOPIC, run.topic("dead-letters"), incremental_configs=[wide])
    admin.incremental_alter_configs([topic])[topic].result(30)
    run.start("collect")
    run.wait_for_offsets(1)
    run.stop()

    assert run.command("dead-letters", "replay", "--execute", "--output", "json").json == {"replayed": 1}
    assert [len(each.value() or b"") for each in run.records_of(run.predictions)] == [size, size]


def test_two_replays_at_once_send_a_message_once(run: PipelineState) -> None:
    topic = run.topic("dead-letters")
    died = {"topic": run.predictions, "partition": "0", "offset": "7", "stage": "VALUE_CONVERTER"}
    producer = Producer({"bootstrap.servers": run.servers})
    producer.produce(topic, b"{}", b"k", headers=[(f"__connect.errors.{name}", text) for name, text in died.items()])
    assert producer.flush(30) == 0
    kafka = Connection.model_validate({"properties": {"bootstrap.servers": run.servers}})
    reader = client_config.consumer(kafka, group_id=f"{run.name}-test", client_id="test")
    options = {"transactional_id": f"{run.name}-test", "client_id": "test", "max_message_bytes": 1_000_000}
    config = client_config.transactional_producer(kafka, **options, transaction_timeout_s=15)
    slow, quick = open_transaction(config, 15), open_transaction(config, 15)

    def waiting() -> list[DeadLetter]:
        return list(read_dead_letters(reader, topic, lambda _done, _total: None).waiting())

    def while_another_replays() -> list[DeadLetter]:
        letters = waiting()
        assert replay_dead_letters(quick, topic, waiting, lambda _sent: None, 1_048_588) == 1
        return letters

    with pytest.raises(KafkaStageError):
        replay_dead_letters(slow, topic, while_another_replays, lambda _sent: None, 1_048_588)
    assert len(run.records_of(run.predictions)) == 1
    assert waiting() == []


def test_a_bad_deploy_does_not_drain_a_topic(run: PipelineState) -> None:
    send(run, *([b"{broken"] * 3_000))
    worker = run.start("collect")
    assert worker.wait(60) == 1
    said = worker.log.read_text()
    assert f"{run.predictions}-0: of the last" in said
    assert "STREAMS_LIMITS_DEAD_LETTER_SHARE" in said
    assert len(run.records("dead-letters")) < 1_000
    again = run.start("collect", STREAMS_LIMITS_DEAD_LETTER_SHARE="1")
    run.wait_for_offsets(3_000)
    run.stop()
    assert not again.running
    assert len(run.records("dead-letters")) == 3_000
