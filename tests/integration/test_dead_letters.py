"""Dead letters on a real broker: listed, replayed once and only once, and kept from draining a topic."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

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
    shown = run.command("dead-letters", "show", oversized["place"]).json
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
        assert replay_dead_letters(quick, topic, waiting, lambda _sent: None) == 1
        return letters

    with pytest.raises(KafkaStageError):
        replay_dead_letters(slow, topic, while_another_replays, lambda _sent: None)
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
