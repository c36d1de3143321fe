"""`streams dev`, as a developer runs it: until Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml

from streams.kafka.local_broker import Broker
from streams.kafka.topic_roles import Role
from tests.commands.running import run

pytestmark = pytest.mark.kafka
PATIENCE_S = 120.0


@pytest.fixture
def folder(broker: Broker, topic_prefix: str, tmp_path: Path) -> Path:
    settings = {
        "kafka": {"properties": {"bootstrap.servers": broker.bootstrap_servers}},
        "topics": {role: topic_prefix + role for role in get_args(Role)},
        "group_prefix": topic_prefix.removesuffix("."),
    }
    (tmp_path / "streams.yaml").write_text(yaml.safe_dump(settings))
    (tmp_path / "collectors.yaml").write_text("collectors: [{id: all, trigger: {type: rows, rows: 100}}]")
    return tmp_path


@pytest.fixture
def dev(folder: Path) -> Iterator[subprocess.Popen[str]]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMS_", "KAFKA_"))}
    command = [sys.executable, "-m", "streams.cli.main", "dev", "--port", "0"]
    running = subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True)
    yield running
    running.kill()
    running.wait()


def readyz(running: subprocess.Popen[str]) -> str:
    """The address that it prints."""
    assert running.stderr is not None
    for line in running.stderr:
        found = re.search(r"http://\S+/readyz", line)
        if found:
            return found.group()
    raise AssertionError(f"it ended with {running.wait()}")


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as response:  # noqa: S310 - an address of this machine
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def await_that(running: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_at, f"not within {PATIENCE_S:g} s"
        assert running.poll() is None, "it ended before"


def test_dev_creates_topics_runs_every_stage_and_leaves_in_order_at_ctrl_c(
    dev: subprocess.Popen[str], folder: Path
) -> None:
    address = readyz(dev)
    await_that(dev, lambda: answers(address))
    assert run("produce", "--sample", "500", "--hours", "1", folder=folder).code == 0

    await_that(dev, lambda: run("snapshots", "list", "--output", "json", folder=folder).json != [])
    dev.send_signal(signal.SIGINT)

    assert dev.wait(60) == 0
