"""How `streams worker` starts while a server is away: it waits and says why; what is refused ends it at once."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any, get_args
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from confluent_kafka import KafkaError

from streams.cli.starting import StartState
from streams.kafka.cluster import ClusterError, ComplaintsState
from streams.kafka.local_broker import Broker
from streams.kafka.local_broker.guarded import free_port
from streams.kafka.local_broker.process import LocalBrokerProcess
from streams.kafka.topic_roles import Role
from streams.stores.errors import StoreUnavailableError
from streams.stores.locations import open_objects
from tests.commands.running import run
from tests.commands.test_worker_stops import COLLECTORS, started
from tests.integration.traffic import create_topics


def asked(port: int, path: str = "/readyz") -> tuple[int, Any]:
    """Status and body; 0 while nobody listens."""
    try:
        with urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())
    except OSError:
        return 0, {}


def wait_for(worker: "subprocess.Popen[bytes]", port: int, status: int, away: str | None = None) -> dict[str, Any]:
    while True:
        found, body = asked(port)
        if found == status and (away is None or away in body["away"]):
            return dict(body)
        assert worker.poll() is None
        time.sleep(0.05)


@pytest.mark.kafka
@pytest.mark.slow
def test_a_worker_that_starts_while_the_broker_is_away_waits_and_then_runs(tmp_path: Path) -> None:
    with LocalBrokerProcess() as broker:
        create_topics(broker.bootstrap_servers, {role.replace("_", "-"): 1 for role in get_args(Role)})
        broker.kill()
        port, store = free_port(), tmp_path / "store"
        environ = {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers, "STREAMS_STORE_URI": str(store)}
        worker = started(tmp_path, port, **environ, STREAMS_WEB_HOST="localhost")
        try:
            told = wait_for(worker, port, 503, "broker")
            assert "see that the cluster runs" in told["away"]["broker"]
            assert "collect" in told["waiting"]
            assert asked(port, "/livez")[0] == 200
            broker.start()
            assert wait_for(worker, port, 200)["status"] == "ready"
        finally:
            worker.terminate()
            assert worker.wait(60) == 0


@pytest.mark.kafka
def test_a_worker_that_starts_while_the_store_is_away_waits_and_says_why(
    broker: Broker, topic_prefix: str, tmp_path: Path
) -> None:
    environ = {f"STREAMS_TOPICS_{role.upper()}": f"{topic_prefix}{role}" for role in get_args(Role)}
    create_topics(broker.bootstrap_servers, {f"{topic_prefix}{role}": 1 for role in get_args(Role)})
    environ |= {"STREAMS_STORE_URI": "s3://bucket", "STREAMS_STORE_S3_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
    environ |= {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers, "STREAMS_WEB_HOST": "localhost"}
    port = free_port()
    worker = started(tmp_path, port, **environ)
    try:
        assert "s3://bucket does not serve" in wait_for(worker, port, 503, "store")["away"]["store"]
    finally:
        worker.terminate()
        assert worker.wait(60) == 0


def test_a_host_that_nobody_knows_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "collectors.yaml").write_text(COLLECTORS)
    environ = {"KAFKA_BOOTSTRAP_SERVERS": "nobody.invalid:9092"}
    ran = run("worker", "--collectors", "collectors.yaml", "--port", "0", folder=tmp_path, environ=environ)
    assert ran.code == 1
    assert "nobody.invalid" in ran.err
    assert "waiting for it" not in ran.err


def test_a_server_that_is_away_is_asked_until_it_is_there() -> None:
    start = StartState(time.monotonic() + 60, ["collect"])
    answers = iter([ClusterError("down", away=True), "made"])

    def step() -> str:
        answer = next(answers)
        if isinstance(answer, ClusterError):
            raise answer
        assert start.answer()[1] == {"status": "waiting", "waiting": ["collect"], "away": {"broker": "down"}}
        return answer

    assert start.insist("broker", step) == "made"
    assert start.away == {}


@pytest.mark.parametrize(
    ("error", "left_s"),
    [
        (ClusterError("password"), 60.0),
        (StoreUnavailableError("no bucket", away=False), 60.0),
        (StoreUnavailableError("away"), -1.0),
    ],
)
def test_what_is_refused_or_has_lasted_too_long_is_told(error: Exception, left_s: float) -> None:
    def step() -> None:
        raise error

    with pytest.raises(type(error)):
        StartState(time.monotonic() + left_s, []).insist("broker", step)


@pytest.mark.parametrize(
    ("complaints", "away"),
    [
        ([KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN], True),
        ([], True),
        ([KafkaError._RESOLVE, KafkaError._ALL_BROKERS_DOWN], False),
        ([KafkaError._RESOLVE, KafkaError._TRANSPORT], True),
        ([KafkaError._AUTHENTICATION, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN], False),
        ([KafkaError._SSL], False),
    ],
)
def test_a_cluster_that_refuses_is_not_away(complaints: list[int], away: bool) -> None:
    heard = ComplaintsState()
    for code in complaints:
        heard.options()["error_cb"](KafkaError(code))
    assert heard.is_away(KafkaError(KafkaError._TRANSPORT)) is away


def test_a_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError) as raised:
        open_objects(str(tmp_path / "file" / "store")).check()
    assert not raised.value.away
