"""The demonstration, on a real broker: the whole path, and drift where it was put."""

from pathlib import Path
from typing import get_args

import pytest

from streams.kafka import client_config
from streams.kafka.connection import Connection
from streams.kafka.local_broker import Broker
from streams.kafka.topic_roles import Role
from streams.kafka.topics import describe_topics
from tests.commands.running import run

ROLES = tuple(role.replace("_", "-") for role in get_args(Role))


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demonstration_shows_drift_from_the_right_window_on_and_leaves_nothing_on_a_given_broker(
    broker: Broker, tmp_path: Path
) -> None:
    environ = {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}

    ran = run("demo", "--events", "30000", "--output", "json", folder=tmp_path, environ=environ, timeout_s=280)

    assert ran.code == 0, ran.err
    moment = ran.json["drift_from_ms"]
    hourly = [each for each in ran.json["snapshots"] if each["collector"] == "card-fraud"]
    assert len(hourly) == 12
    assert [each["verdict"] for each in hourly] == [
        "drifted" if each["start_ms"] >= moment else "not_drifted" for each in hourly
    ]
    page = Path(ran.json["page"])
    assert all(each["collector"] in page.read_text() for each in ran.json["snapshots"])
    assert len(list(page.parent.glob("objects/snapshots/*/*/report.html"))) == len(ran.json["snapshots"])

    connection = Connection.model_validate({"properties": {"bootstrap.servers": broker.bootstrap_servers}})
    left = describe_topics(
        client_config.admin(connection, client_id="test"), [f"demo-{page.parent.name}.{role}" for role in ROLES]
    )
    assert left == {}
