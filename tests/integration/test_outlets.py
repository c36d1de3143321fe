"""Snapshots of a running pipeline reach a real Evidently UI, each once, whoever is killed."""

import json
from collections import Counter
from pathlib import Path

import pytest

from streams.kafka.local_broker import Broker
from tests.integration.oracle import Asked
from tests.integration.pipeline import PipelineState, pipeline
from tests.integration.traffic import PARTITIONS, TrafficState, recent_hour_ms
from tests.servers.evidently_ui import SECRET, EvidentlyUiServer

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]  # a UI takes its time on a busy machine


def test_a_killed_worker_and_a_restarted_ui_leave_every_snapshot_delivered_once(
    broker: Broker, topic_prefix: str, tmp_path: Path
) -> None:
    traffic = TrafficState(broker.bootstrap_servers, f"{topic_prefix}predictions", PARTITIONS, recent_hour_ms(5), 120)
    traffic.send(8_000)
    traffic.flush()
    server = EvidentlyUiServer(tmp_path, "ui")
    try:
        project = server.create_project()
        asked = Asked("delivered", interval_ms=300_000)
        outlet = {"type": "evidently_ui", "api_url": server.url, "project_id": project, "api_secret": "${UI_SECRET}"}
        declaration = {**asked.declaration(), "outlets": [outlet]}
        environ = {"UI_SECRET": SECRET}
        folder = tmp_path / "run"
        with pipeline(
            broker.bootstrap_servers, traffic.topic, f"{topic_prefix}run", folder, (asked,), environ=environ
        ) as run:
            (folder / "collectors.json").write_text(json.dumps({"collectors": [declaration]}))
            run.start("collect,window,report,outlets")
            run.wait_until(lambda: bool(server.snapshots(project)), "a snapshot is delivered")
            run.workers[0].kill()
            server.stop()
            server.start()
            run.start("collect,window,report,outlets")
            run.wait_for_snapshots(4)
            run.wait_until(lambda: _delivered(server, project) >= _published(run), "all are delivered")
            run.stop()
            assert SECRET not in run.logs()
        assert set(Counter(_batches(server, project)).values()) == {1}
    finally:
        server.stop()


def _published(run: PipelineState) -> set[str]:
    return {each["batch_id"] for each in run.snapshots()}


def _delivered(server: EvidentlyUiServer, project: str) -> set[str]:
    return set(_batches(server, project))


def _batches(server: EvidentlyUiServer, project: str) -> list[str]:
    return [each["metadata"]["batch"] for each in server.snapshots(project)]
