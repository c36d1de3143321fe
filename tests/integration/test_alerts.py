"""Alerts of a running pipeline: each once on its topic, and under one id to whom it concerns, whoever is killed."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked, Event, expected_windows
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, create_topics, encode, recent_hour_ms
from tests.servers.webhooks import WebhookServer

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

BEGIN_MS = recent_hour_ms(5)
STAGES = "collect,window,report,alerts,webhooks"


FAILING = {
    "report": {"tests": [{"metric": "row_count", "gte": 1_000_000}]},
    "alerts": [{"on": ["failed_tests"], "quiet": "0s", "webhooks": [{"url": "${HOOK}", "secret": "${KEY}"}]}],
}
MISSED = {"allowed_lateness": "0s", "alerts": [{"on": ["missing"], "quiet": "0s"}]}


def declare(folder: Path, asked: Asked, alerting: Mapping[str, Any]) -> None:
    declaration = {**asked.declaration(), **alerting}
    (folder / "collectors.json").write_text(json.dumps({"collectors": [declaration]}))


def alerts(run: PipelineState) -> list[dict[str, Any]]:
    """Every alert on the topic."""
    return [msgspec.json.decode(each.value() or b"") for each in run.records("alerts")]


def about(run: PipelineState) -> Counter[str]:
    """How many alerts the topic has of each snapshot."""
    return Counter(each["snapshot_id"] for each in alerts(run))


def replay(run: PipelineState, asked: Asked) -> None:
    times = [datetime.fromtimestamp(BEGIN_MS / 1000 + minutes * 60, UTC).isoformat() for minutes in (0, 30)]
    ran = run.command("replay", "--collector", asked.id, "--from", times[0], "--to", times[1], "--execute")
    assert ran.code == 0, ran.everything


def test_an_alert_comes_once_although_the_worker_is_killed_and_a_replay_gives_none(
    broker: Broker, topic_prefix: str, tmp_path: Path
) -> None:
    traffic = TrafficState(broker.bootstrap_servers, f"{topic_prefix}predictions", PARTITIONS, BEGIN_MS, 120)
    traffic.send(8_000)
    traffic.flush()
    asked = Asked("failing", interval_ms=120_000)
    with WebhookServer() as server:
        environ = {"HOOK": f"{server.url}/hidden-hook", "KEY": "hidden-key"}
        name = f"{topic_prefix}run"
        with pipeline(broker.bootstrap_servers, traffic.topic, name, tmp_path, (asked,), environ=environ) as run:
            declare(tmp_path, asked, FAILING)
            server.answer = 503  # so that the first is killed between an alert and its delivery
            run.start(STAGES)
            run.wait_until(lambda: bool(server.taken), "a webhook is told")
            run.workers[0].kill()
            tried = {taken.headers["webhook-id"] for taken in server.taken}
            server.answer = 200
            run.start(STAGES)
            expected = len(expected_windows(traffic.events, asked))
            run.wait_for_snapshots(expected)
            run.wait_until(lambda: len(told(server)) >= expected, "every alert is told")
            replay(run, asked)
            run.stop()
            assert "hidden" not in run.logs()
        snapshots = {each["id"] for each in run.snapshots()}
        assert about(run) == Counter(snapshots)
        ids = {each["id"] for each in alerts(run)}
        assert told(server) == ids >= tried
        assert not run.records("dead-letters")


def told(server: WebhookServer) -> set[str]:
    return {taken.headers["webhook-id"] for taken in server.taken}


def send(servers: str, topic: str, model: str, *minutes: int) -> None:
    """An event of a model in each of these minutes, to the only partition."""
    producer = Producer({"bootstrap.servers": servers})
    for minute in minutes:
        producer.produce(topic, encode(Event(0, minute, f"e{minute}", BEGIN_MS + minute * 60_000, model, 0.5)))
    assert producer.flush(30) == 0


def stretches(run: PipelineState) -> list[tuple[int, int]]:
    """From which minute to which the alerts on the topic miss windows."""
    bounds = [(each["start_ms"] - BEGIN_MS, each["end_ms"] - BEGIN_MS) for each in alerts(run)]
    return [(start_ms // 60_000, end_ms // 60_000) for start_ms, end_ms in bounds]


def test_windows_that_did_not_come_are_missed_once_although_the_worker_is_killed(
    broker: Broker, topic_prefix: str, tmp_path: Path
) -> None:
    servers, topic = broker.bootstrap_servers, f"{topic_prefix}predictions"
    create_topics(servers, {topic: 1})
    asked, never_idle = Asked("watched", model="m1", interval_ms=60_000), {"STREAMS_WINDOWS_IDLE_AFTER_S": "3600"}
    with pipeline(servers, topic, f"{topic_prefix}run", tmp_path, (asked,), environ=never_idle) as run:
        declare(tmp_path, asked, MISSED)
        run.start("collect,window")
        send(servers, topic, "m1", 0, 1, 2)
        send(servers, topic, "m2", 5)
        run.wait_until(lambda: (3, 5) in stretches(run), "two windows are missed")
        run.workers[0].kill()
        run.start("collect,window")
        send(servers, topic, "m2", 8)
        run.wait_until(lambda: (3, 8) in stretches(run), "three more are missed", stalled_s=30)
        run.stop()
        assert [window.ids for window in run.windows("watched") if window.ids] == [("e0",), ("e1",), ("e2",)]
        assert len(set(stretches(run))) == len(stretches(run))
