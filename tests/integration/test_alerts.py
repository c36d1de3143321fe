"""Alerts of a running pipeline: each once on its topic, and under one id to whom it concerns, whoever is killed."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, recent_hour_ms
from tests.servers.webhooks import WebhookServer

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

BEGIN_MS = recent_hour_ms(5)
STAGES = "collect,window,report,alerts,webhooks"


def declare(folder: Path, asked: Asked) -> None:
    rule = {"on": ["failed_tests"], "quiet": "0s", "webhooks": [{"url": "${HOOK}", "secret": "${KEY}"}]}
    report = {"tests": [{"metric": "row_count", "gte": 1_000_000}]}
    declaration = {**asked.declaration(), "report": report, "alerts": [rule]}
    (folder / "collectors.json").write_text(json.dumps({"collectors": [declaration]}))


def about(run: PipelineState) -> Counter[str]:
    """How many alerts the topic has of each snapshot."""
    return Counter(msgspec.json.decode(each.value() or b"")["snapshot_id"] for each in run.records("alerts"))


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
            declare(tmp_path, asked)
            server.answer = 503  # so that the first is killed between an alert and its delivery
            run.start(STAGES)
            run.wait_until(lambda: bool(server.taken), "a webhook is told")
            run.workers[0].kill()
            tried = {taken.headers["webhook-id"] for taken in server.taken}
            server.answer = 200
            run.start(STAGES)
            run.wait_for_snapshots(8)
            expected = len(run.snapshots())
            run.wait_until(lambda: len(told(server)) >= expected, "every alert is told")
            replay(run, asked)
            run.stop()
            assert "hidden" not in run.logs()
        snapshots = {each["id"] for each in run.snapshots()}
        assert about(run) == Counter(snapshots)
        ids = {msgspec.json.decode(each.value() or b"")["id"] for each in run.records("alerts")}
        assert told(server) == ids >= tried
        assert not run.records("dead-letters")


def told(server: WebhookServer) -> set[str]:
    return {taken.headers["webhook-id"] for taken in server.taken}
