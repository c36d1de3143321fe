"""How `streams worker` ends: in order at any moment, within its budget, with nothing left behind."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from urllib.request import urlopen

import pytest

from streams.kafka.local_broker import Broker
from streams.kafka.local_broker.guarded import free_port
from streams.kafka.topic_roles import Role
from tests.commands.running import plain_environment
from tests.integration.traffic import create_topics

COLLECTORS = "collectors: [{id: all, trigger: {type: interval, interval: 1m}}]"


@pytest.fixture
def silent_broker() -> Iterator[socket.socket]:
    """Accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening


def started(folder: Path, port: int, **environ: str) -> "subprocess.Popen[bytes]":
    """A worker in `folder`, which holds nothing but its collectors file."""
    (folder / "collectors.yaml").write_text(COLLECTORS)
    return subprocess.Popen(
        [sys.executable, "-m", "streams.cli.main", "worker", "--collectors", "collectors.yaml", "--port", str(port)],
        cwd=folder,
        env=plain_environment(environ),
        stdout=subprocess.PIPE,
    )


def assert_left_in_order(worker: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Nothing on standard output, which may be a pipe, and nothing beside the collectors file."""
    out, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0
    assert out == b""
    assert [each.name for each in folder.iterdir()] == ["collectors.yaml"]


def test_sigterm_while_a_worker_starts_is_a_clean_end(tmp_path: Path, silent_broker: socket.socket) -> None:
    starting = started(tmp_path, 0, KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{silent_broker.getsockname()[1]}")
    silent_broker.accept()
    starting.send_signal(signal.SIGTERM)

    assert_left_in_order(starting, tmp_path)


@pytest.mark.kafka
def test_a_worker_leaves_nothing_behind_and_says_nothing_on_standard_output(
    broker: Broker, topic_prefix: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    environ = {f"STREAMS_TOPICS_{role.upper()}": f"{topic_prefix}{role}" for role in get_args(Role)}
    create_topics(broker.bootstrap_servers, {f"{topic_prefix}{role}": 1 for role in get_args(Role)})
    environ |= {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers, "STREAMS_WEB_HOST": "localhost"}
    environ |= {"STREAMS_GROUP_PREFIX": topic_prefix, "STREAMS_STORE_URI": str(tmp_path_factory.mktemp("store"))}
    port = free_port()
    worker = started(tmp_path, port, **environ)
    while not ready(port):
        assert worker.poll() is None
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)

    assert_left_in_order(worker, tmp_path)


def ready(port: int) -> bool:
    """Whether every stage has an assignment."""
    try:
        with urlopen(f"http://localhost:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
